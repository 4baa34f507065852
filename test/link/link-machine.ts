import { layout } from "../../runtime/emulator/cortex/layout.js";
import { type HostCall, NativeMachine } from "../../runtime/emulator/cortex/machine.js";
import { type ArmProgram, buildArm } from "../../runtime/firmware/arm.js";
import { root } from "../helpers/root.js";

/** States of a container, by enum container_state. */
export const running = 2;
export const parked = 4;

/** What link.c has handed to the core. */
export type Heard =
  | { readonly call: "route"; readonly topic: Uint8Array; readonly payload: Uint8Array }
  | {
      readonly call: "change";
      readonly container: number;
      readonly setting: number;
      readonly value: number;
    }
  | { readonly call: "swap"; readonly container: number; readonly version: number };

/** Where the tests put bytes that they pass: above what the linker places. */
const scratch = 0x2_0000;
const memoryBytes = 0x3_0000;

export function buildLink(): ArmProgram {
  return buildArm(root, {
    sources: [
      "runtime/ports/cortex-m/link.c",
      "runtime/ports/cortex-m/crc32.c",
      "test/link/stubs.c",
    ],
    includes: ["runtime/core", "runtime/ports", "runtime/ports/cortex-m"],
    linkerScript: "test/link/link.ld",
    apart: true,
  });
}

/** The device's end of the link as machine code, on the emulated core. */
export class LinkMachine {
  readonly heard: Heard[] = [];
  readonly names = new Map<number, string>();
  nowUs = 0;
  isRead = true;
  resetReason = 0;
  /** What settings_change returns. */
  changeResult = 0;
  /** What installed_swap returns. */
  swapResult = 0;
  cycles = 0;
  readonly #machine: NativeMachine;

  constructor(readonly program: ArmProgram) {
    this.#machine = new NativeMachine((number, words, word) => this.#answer(number, words, word));
    const code = program.bin.slice(0, (program.bin.length + 3) & ~3);
    this.#machine.load({ code, memoryBytes });
  }

  /** Calls a function by its name; returns r0. */
  call(name: string, ...words: number[]): number {
    const { address } = this.program.symbols.get(name)!;
    const result = this.#machine.call(address - layout.code, words);
    if (result.trap !== undefined)
      throw new Error(`${name} ended with ${result.trap.code} at ${result.trap.codeOffset}`);
    this.cycles = result.cycles;
    return result.words[0]!;
  }

  /** Loads a container into its slot; returns its address. */
  container(
    index: number,
    name: string,
    options: { trap?: number; state?: number; failures?: number } = {},
  ): number {
    const { trap = 0, state = running, failures = 0 } = options;
    this.names.set(index, name);
    return this.call("set_container", index, state, trap, failures);
  }

  /** Which version of its app each container is. */
  set version(version: number) {
    this.call("set_version", version);
  }

  /** Puts bytes into memory; returns their address. */
  put(bytes: Uint8Array, offset = 0): number {
    this.#machine.memory.set(bytes, scratch + offset);
    return layout.memory + scratch + offset;
  }

  message(container: number, topic: string, payload: Uint8Array): boolean {
    const bytes = new TextEncoder().encode(topic);
    return (
      this.call(
        "port_message_send",
        container,
        this.put(bytes),
        bytes.length,
        this.put(payload, 1024),
        payload.length,
      ) !== 0
    );
  }

  log(container: number, level: number, text: string): boolean {
    const bytes = new TextEncoder().encode(text);
    return this.call("port_log", container, level, this.put(bytes), bytes.length) !== 0;
  }

  /** Takes up to `capacity` bytes as the transport does. */
  take(capacity = 64): Uint8Array {
    const at = scratch + 4096;
    const length = this.call("link_take", layout.memory + at, capacity);
    return this.#machine.memory.slice(at, at + length);
  }

  /** Takes all that there is. */
  takeAll(capacity = 64): Uint8Array {
    const parts: number[] = [];
    for (;;) {
      const bytes = this.take(capacity);
      if (bytes.length === 0) return Uint8Array.from(parts);
      parts.push(...bytes);
    }
  }

  receive(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += 64) {
      const part = bytes.subarray(at, at + 64);
      this.call("link_receive", this.put(part), part.length);
    }
  }

  #answer(
    number: number,
    words: Parameters<HostCall>[1],
    word: Parameters<HostCall>[2],
  ): readonly number[] {
    const [a, b, c] = words;
    const bytes = (address: number, length: number): Uint8Array =>
      this.#machine.memory.slice(address - layout.memory, address - layout.memory + length);
    const index = (address: number): number => {
      const { address: first, sizeBytes } = this.program.symbols.get("containers")!;
      return (address - first) / (sizeBytes / 128);
    };
    switch (number) {
      case 1:
        return [this.nowUs % 2 ** 32, Math.floor(this.nowUs / 2 ** 32)];
      case 2:
        return [this.isRead ? 1 : 0];
      case 3: {
        const name = new TextEncoder().encode(this.names.get(index(a))!);
        return [this.put(Uint8Array.of(name.length, ...name), 8192)];
      }
      case 4:
        return [this.resetReason];
      case 5: {
        this.heard.push({ call: "route", topic: bytes(a, b), payload: bytes(c, word(3)) });
        return [0];
      }
      case 6:
        this.heard.push({ call: "change", container: index(a), setting: b, value: c | 0 });
        return [this.changeResult];
      case 7:
        this.heard.push({ call: "swap", container: index(a), version: b });
        return [this.swapResult];
      default:
        throw new Error(`there is no call ${number}`);
    }
  }
}
