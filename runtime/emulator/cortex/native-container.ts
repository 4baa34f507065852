import type { Manifest } from "../../manifest/manifest.js";
import { contractFunctions, firstContractCall, type TrapCode, trapCodes } from "../sim/contract.js";
import type { Guest, GuestFactory, GuestHost } from "../sim/guest.js";
import type { Frame, Trap } from "../sim/trap.js";
import { type CallResult, type HostResult, type NativeImage, NativeMachine } from "./machine.js";

/** What the compiler gives for a container. Offsets are from the start of the code. */
export interface NativeProgram {
  readonly code: Uint8Array;
  readonly memoryBytes: number;
  readonly data: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  /** Initial words of the globals. */
  readonly globals: readonly number[];
  /**
   * Offset of the function at each place of the event table, or -1 where there is none that takes at most one word: what
   * the runtime may call.
   */
  readonly entries: readonly number[];
  /** Offset of the exported function `collect`. */
  readonly collect?: number | undefined;
  /** Offset of the start function of the module. */
  readonly start?: number | undefined;
  /** In order of their offsets, with their index in the module. */
  readonly functions: readonly { readonly index: number; readonly offset: number }[];
  /** From where on code belongs to which byte of the module, in order of code offsets. */
  readonly map: readonly (readonly [codeOffset: number, wasmOffset: number])[];
}

/** What native containers share. */
export interface NativeOptions {
  /** Compiles a container. Throws a DiagnosticError. */
  readonly compile: (wasm: Uint8Array, manifest: Manifest) => NativeProgram;
  /** runtime/firmware/helpers.bin, and the words of its table. */
  readonly helpers: Uint8Array;
  readonly helperCount: number;
  /** Told of each call of a container that has returned or trapped. */
  readonly onCall?: (container: string, result: CallResult) => void;
}

/** Containers as machine code on the emulated core. */
export function nativeGuests(options: NativeOptions): GuestFactory {
  return async ({ wasm, manifest }) => {
    const program = options.compile(wasm, manifest);
    return (host) => new NativeContainer(manifest, program, host, options);
  };
}

/** One container in machine code. Its host calls go to the core. */
class NativeContainer implements Guest {
  readonly memoryBytes: number;
  trap: Trap | undefined;
  #hasEnded = false;
  readonly #program: NativeProgram;
  readonly #machine: NativeMachine;
  readonly #image: NativeImage;
  readonly #host: GuestHost;
  readonly #onCall: NativeOptions["onCall"];

  constructor(
    readonly manifest: Manifest,
    program: NativeProgram,
    host: GuestHost,
    options: NativeOptions,
  ) {
    this.#host = host;
    this.#onCall = options.onCall;
    this.#program = program;
    this.memoryBytes = Math.min(manifest.limits.memoryBytes, program.memoryBytes);
    this.#machine = new NativeMachine((number, words) => this.#hostCall(number, words));
    this.#image = { ...program, helpers: options.helpers, helperCount: options.helperCount };
  }

  get name(): string {
    return this.manifest.name;
  }

  bytes(): Uint8Array {
    return this.#machine.memory;
  }

  get entries(): number {
    return this.#program.entries.length;
  }

  instantiate(): TrapCode {
    this.#hasEnded = false;
    this.#machine.load(this.#image);
    const { start } = this.#program;
    return start === undefined ? "none" : this.#run(start, []);
  }

  call(entry: number, value: number): TrapCode {
    const offset = this.#program.entries[entry >>> 0] ?? -1;
    if (offset < 0) return this.end("bad-indirect-call");
    const code = this.#run(offset, [value]);
    const { collect } = this.#program;
    return code === "none" && collect !== undefined ? this.#run(collect, []) : code;
  }

  end(code: TrapCode, codeOffset: number | null = null): TrapCode {
    if (this.#hasEnded) return this.trap!.code;
    this.#hasEnded = true;
    const frame = codeOffset === null ? undefined : this.#frameAt(codeOffset);
    this.trap = {
      code,
      frames: frame === undefined ? [] : [frame],
      timeUs: this.#host.nowUs(),
      ...(frame?.offset === undefined ? {} : { offset: frame.offset }),
    };
    return code;
  }

  #run(offset: number, words: readonly number[]): TrapCode {
    const result = this.#machine.call(offset, words, { resultWords: 0 });
    this.#onCall?.(this.name, result);
    const { trap } = result;
    return trap === undefined ? "none" : this.end(trap.code, trap.codeOffset);
  }

  /** A call of the core. Its arguments are words already, so an i64 needs no care but in the result. */
  #hostCall(number: number, [a, b, c, d]: readonly [number, number, number, number]): HostResult {
    const { core, index } = this.#host;
    const item = contractFunctions[number - firstContractCall];
    if (item === undefined) return { trap: "unknown-call" };
    const trap = core.exports.call(index, item.number, a, b, c, d);
    if (trap !== 0) return { trap: trapCodes[trap]! };
    if (item.result === null) return [];
    const value = core.wide[0]!;
    const low = Number(BigInt.asUintN(32, value));
    return item.result === "i32" ? [low] : [low, Number(BigInt.asUintN(32, value >> 32n))];
  }

  /** The place in the module that an instruction comes from. */
  #frameAt(codeOffset: number): Frame | undefined {
    const { functions, map } = this.#program;
    const within = functions.findLast(({ offset }) => offset <= codeOffset);
    const place = map.findLast(([from]) => from <= codeOffset);
    if (within === undefined) return undefined;
    return { function: within.index, ...(place && { offset: place[1] }) };
  }
}
