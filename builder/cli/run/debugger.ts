import type { Server } from "node:net";
import { GDBTCPServer } from "rp2040js/gdb-tcp-server";
import type { Pico } from "../../../runtime/emulator/emu/pico.js";
import { exitCodes, Failure } from "../failure.js";

/** BKPT #0. */
const breakpointOpcode = 0xbe00;

/**
 * rp2040js's server, open to this machine only, with breakpoints that GDB need not write into flash itself: for some systems it would take an
 * instruction that is none of this chip.
 */
class DebuggerServer extends GDBTCPServer {
  readonly #pico: Pico;
  /** What stands where a breakpoint is, by address. */
  readonly #replaced = new Map<number, number>();

  constructor(pico: Pico, port: number) {
    // It hands its port to net.Server.listen as it is, and without a host that would be open to the network.
    super(pico, { port, host: "127.0.0.1" } as unknown as number);
    this.#pico = pico;
  }

  /** A private field, but there is no other way to hear of errors and to close the port. */
  get sockets(): Server {
    return (this as unknown as { readonly socketServer: Server }).socketServer;
  }

  override processGDBMessage(command: string): string | undefined {
    const [, action, hex] = /^([Zz])[01],([0-9a-f]+),/.exec(command) ?? [];
    if (action !== undefined) {
      const address = Number.parseInt(hex!, 16);
      if (action === "Z") this.#insert(address);
      else this.#remove(address);
      return packet("OK");
    }
    if (command.startsWith("D")) {
      this.#release();
      return packet("OK");
    }
    if (!command.startsWith("m")) return super.processGDBMessage(command);
    // The debugger reads memory as it is without breakpoints.
    const addresses = [...this.#replaced.keys()];
    for (const address of addresses) this.#remove(address);
    const reply = super.processGDBMessage(command);
    for (const address of addresses) this.#insert(address);
    return reply;
  }

  /** A debugger that is gone holds nothing any more. */
  override removeConnection(connection: Parameters<GDBTCPServer["removeConnection"]>[0]): void {
    super.removeConnection(connection);
    this.#release();
  }

  #release(): void {
    for (const address of this.#replaced.keys()) this.#remove(address);
    this.#pico.execute();
  }

  #insert(address: number): void {
    const { rp2040 } = this.#pico;
    if (this.#replaced.has(address)) return;
    this.#replaced.set(address, rp2040.readUint16(address));
    rp2040.writeUint16(address, breakpointOpcode);
  }

  #remove(address: number): void {
    const opcode = this.#replaced.get(address);
    if (opcode === undefined) return;
    this.#replaced.delete(address);
    this.#pico.rp2040.writeUint16(address, opcode);
  }
}

/** A packet of GDB's remote protocol. */
function packet(text: string): string {
  const sum = [...text].reduce((total, letter) => total + letter.charCodeAt(0), 0) & 0xff;
  return `$${text}#${sum.toString(16).padStart(2, "0")}`;
}

/**
 * Opens a port of this machine, and of no other, for GDB, and holds the chip until the debugger lets it go on. Returns what closes it. Rejects
 * with a Failure where the port cannot be had.
 */
export async function openDebuggerPort(pico: Pico, port: number): Promise<() => void> {
  pico.stop();
  const { sockets } = new DebuggerServer(pico, port);
  const connections = new Set<{ destroy(): void }>();
  sockets.on("connection", (socket) => connections.add(socket));
  await new Promise<void>((resolve, reject) => {
    sockets.once("listening", resolve);
    sockets.once("error", (error) => reject(portFailure(port, error)));
  });
  return () => {
    sockets.close();
    for (const connection of connections) connection.destroy();
  };
}

function portFailure(port: number, error: Error): Failure {
  const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  return new Failure(exitCodes.environment, [
    {
      severity: "error",
      code: "no-debugger-port",
      message: `port ${port} cannot be opened for a debugger: ${isTaken ? "another program has it" : error.message}`,
      hint: "Take another one, such as --gdb 3334.",
    },
  ]);
}
