import type { SerialPort } from "serialport";
import type { Transport } from "./transport.js";

/** A serial port of this machine. */
export interface SerialPortInfo {
  /** What it is opened by: /dev/ttyACM0, COM3. */
  readonly path: string;
  /** Of a USB port: four hexadecimal digits each, lower case. */
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serialNumber?: string;
  readonly manufacturer?: string;
}

/** How a device tells its USB ids; runtime/ports/rp2040/usb-descriptors.h has the same. */
export const thimbleUsb = { vendorId: "1209", productId: "0001" } as const;

/**
 * Why there is no port. `no-package`: serialport is not installed or does not run on this system. `no-list`: the
 * system cannot list its ports (on Linux, udevadm is missing). The others are about one port.
 */
export type SerialErrorCode =
  | "no-package"
  | "no-list"
  | "no-port"
  | "not-allowed"
  | "in-use"
  | "not-opened"
  | "lost";

/** A serial port that cannot be used. */
export class SerialError extends Error {
  constructor(
    readonly code: SerialErrorCode,
    /** One sentence without a full stop at its end. */
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "SerialError";
  }
}

/** The port under this path was there and is no more. */
export function lostPort(path: string, cause: Error | null = null): SerialError {
  return new SerialError("lost", `${path} is gone: the device was unplugged or restarted`, {
    cause,
  });
}

/** Only who talks to a device needs it, and it has native code, so it is loaded when it is needed. */
async function load(): Promise<typeof SerialPort> {
  try {
    return (await import("serialport")).SerialPort;
  } catch (cause) {
    const message = "the package serialport is not installed, or has no build for this system";
    throw new SerialError("no-package", message, { cause });
  }
}

/** The serial ports, sorted by path. Rejects with a SerialError. */
export async function listSerialPorts(): Promise<SerialPortInfo[]> {
  const Port = await load();
  try {
    const ports = await Port.list();
    return ports.map(describe).sort((a, b) => (a.path < b.path ? -1 : 1));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SerialError("no-list", `the system cannot list its serial ports: ${why}`, { cause });
  }
}

function describe(port: Awaited<ReturnType<typeof SerialPort.list>>[number]): SerialPortInfo {
  const { path, vendorId, productId, serialNumber, manufacturer } = port;
  return {
    path,
    ...(vendorId === undefined ? {} : { vendorId: vendorId.toLowerCase() }),
    ...(productId === undefined ? {} : { productId: productId.toLowerCase() }),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(manufacturer === undefined ? {} : { manufacturer }),
  };
}

/** For ports with a UART behind them; USB takes no notice. */
const linkBaud = 115_200;

/** Setting a port to this speed asks a board with USB to show the drive that it can be written through. */
const bootModeBaud = 1200;

/** Asks the board behind a port to show its drive. Rejects with a SerialError. */
export async function restartInBootMode(path: string): Promise<void> {
  const transport = await openSerialPort(path, bootModeBaud);
  await transport.close();
}

/** Opens a port for this process alone. Rejects with a SerialError. */
export async function openSerialPort(
  path: string,
  baudRate: number = linkBaud,
): Promise<Transport> {
  const Port = await load();
  const port = new Port({ path, baudRate, autoOpen: false, lock: true });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error === null ? resolve() : reject(openError(path, error))));
  });
  return new SerialTransport(path, port);
}

/** The words of the systems: errno texts on Linux and macOS, names of Windows errors. */
const openErrors: readonly (readonly [RegExp, SerialErrorCode, string])[] = [
  [/permission denied/i, "not-allowed", "may not be opened"],
  [
    /busy|access denied|cannot lock|temporarily unavailable/i,
    "in-use",
    "is in use by another program",
  ],
  [/no such file|file not found|no such device|ENXIO/i, "no-port", "does not exist"],
];

function openError(path: string, cause: Error): SerialError {
  const known = openErrors.find(([pattern]) => pattern.test(cause.message));
  if (known === undefined)
    return new SerialError("not-opened", `${path} cannot be opened: ${cause.message}`, { cause });
  const [, code, what] = known;
  return new SerialError(code, `${path} ${what}`, { cause });
}

class SerialTransport implements Transport {
  #onEnd: (error: Error | undefined) => void = () => undefined;
  #closing = false;

  constructor(
    readonly path: string,
    readonly port: SerialPort,
  ) {
    port.on("close", (cause: Error | null) => {
      if (!this.#closing) this.#onEnd(lostPort(this.path, cause));
    });
    // A failed read closes the port too, which tells the rest.
    port.on("error", () => undefined);
  }

  onBytes(handler: (bytes: Uint8Array) => void): void {
    this.port.on("data", handler);
  }

  onEnd(handler: (error: Error | undefined) => void): void {
    this.#onEnd = handler;
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.port.isOpen) return reject(lostPort(this.path, null));
      this.port.write(bytes, (error) =>
        error === null || error === undefined ? resolve() : reject(lostPort(this.path, error)),
      );
    });
  }

  close(): Promise<void> {
    this.#closing = true;
    return new Promise((resolve) => {
      if (this.port.isOpen) this.port.close(() => resolve());
      else resolve();
    });
  }
}
