import type { TrapCode } from "../sim/contract.js";
import { ContainerCore, exitAddress } from "./core.js";
import {
  codeBytesMax,
  helpersBytesMax,
  instanceWords,
  layout,
  memoryBytesMax,
  resultRegisters,
  resultWordsMax,
  stackBytesMax,
} from "./layout.js";

/** Compiled code and what it starts with. */
export interface NativeImage {
  readonly code: Uint8Array;
  /** runtime/firmware/helpers.bin, if the code calls helpers. */
  readonly helpers?: Uint8Array;
  /** Words of the table at the start of the helpers. */
  readonly helperCount?: number;
  /** A multiple of 4, at most 192 KiB. */
  readonly memoryBytes: number;
  readonly data?: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  /** Words, in order. */
  readonly globals?: readonly number[];
  /** A multiple of 8, at most 44 KiB; 4 KiB if absent. */
  readonly stackBytes?: number;
}

/** What the host does with a call: the words of its result, or the end of the container. */
export type HostResult = readonly number[] | { readonly trap: TrapCode };

/** A host call: the number of the SVC and the argument words; `word` reads those beyond the fourth. */
export type HostCall = (
  number: number,
  words: readonly [number, number, number, number],
  word: (position: number) => number,
) => HostResult;

export interface CallOptions {
  /** Words to return; 2 if absent, at most 22. */
  readonly resultWords?: number;
  /** After so many instructions the call ends with `time-budget`; 100 million if absent. */
  readonly instructionsMax?: number;
}

/** How a call went. */
export interface CallResult {
  /** The first result words, unsigned; empty after a trap. */
  readonly words: readonly number[];
  /** `codeOffset` is that of the instruction, null if it is one of a helper or outside of the code. */
  readonly trap?: { readonly code: TrapCode; readonly codeOffset: number | null };
  /** By the model in README.md. */
  readonly cycles: number;
  readonly instructions: number;
  /** Accesses that the device's fault handler completes. */
  readonly misaligned: number;
  /** Deepest stack, arguments on it included. */
  readonly stackBytes: number;
}

/** Below the limit that compiled code checks: a helper's stack (at most 128 bytes) and an exception frame. */
export const stackReserveBytes = 160;

/** What registers hold at entry that the ABI gives no value: found again if code relies on one or loses one. */
const noise = (register: number): number => 0xbad0_0000 + register;
const calleeSaved: readonly number[] = [4, 5, 6, 7, 11];

/** One container in machine code. To be reused: `load` makes all of it new. */
export class NativeMachine {
  readonly #core = new ContainerCore();
  readonly #host: HostCall;
  #codeBytes = 0;
  #memory: Uint8Array = new Uint8Array(0);
  #stackTop: number = layout.stack;

  /** Without a host every SVC traps with `unknown-call`. */
  constructor(host: HostCall = () => ({ trap: "unknown-call" })) {
    this.#host = host;
  }

  /** Throws a RangeError if something is larger than the layout has room for. */
  load(image: NativeImage): void {
    const { code, memoryBytes, data = [], globals = [], stackBytes = 4096 } = image;
    const helpers = placeHelpers(image.helpers ?? new Uint8Array(0), image.helperCount ?? 0);
    const instanceBytes = 4 * (instanceWords.globals + globals.length);
    checkSize("code", code.length, codeBytesMax, 1);
    checkSize("helpers", helpers.length, helpersBytesMax, 1);
    checkSize("memory", memoryBytes, memoryBytesMax, 4);
    checkSize("the stack", stackBytes, stackBytesMax, 8);
    checkSize("the instance block", instanceBytes, layout.ramEnd - layout.instance, 4);
    this.#core.map({ code, helpers, memoryBytes, stackBytes, instanceBytes });
    this.#codeBytes = code.length;
    this.#memory = this.#core.ram.subarray(0, memoryBytes);
    this.#stackTop = layout.stack + stackBytes;
    this.#setInstanceWord(instanceWords.stackLimit, layout.stack + stackReserveBytes);
    this.#setInstanceWord(instanceWords.memoryBytes, memoryBytes);
    globals.forEach((word, index) => this.setGlobal(index, word));
    for (const { address, bytes } of data) this.#memory.set(bytes, address);
  }

  /** Linear memory, until the next `load`. */
  get memory(): Uint8Array {
    return this.#memory;
  }

  /** Word `index` of the globals, unsigned. */
  global(index: number): number {
    return this.#core.readUint32(layout.instance + 4 * (instanceWords.globals + index));
  }

  setGlobal(index: number, word: number): void {
    this.#setInstanceWord(instanceWords.globals + index, word);
  }

  /**
   * Calls the function at an offset in the code with argument words. Throws what the host throws, and an Error if the
   * code breaks the ABI: a fault of the compiler, not of the container.
   */
  call(functionOffset: number, words: readonly number[], options: CallOptions = {}): CallResult {
    return this.#call(layout.code + functionOffset, words, options);
  }

  /** Calls the helper at this position of the table. */
  callHelper(index: number, words: readonly number[], options: CallOptions = {}): CallResult {
    const address = this.#core.readUint32(layout.helpers + 4 * index);
    return this.#call(address - 1, words, options);
  }

  #call(address: number, words: readonly number[], options: CallOptions): CallResult {
    const { resultWords = 2, instructionsMax = 100_000_000 } = options;
    checkSize("result words", resultWords, resultWordsMax, 1);
    const core = this.#core;
    const stackPointer = this.#enter(address, words);
    const before = { cycles: core.cycles, misaligned: core.misaligned };
    core.instructions = 0;
    core.lowestStack = stackPointer;
    const trap = this.#run(instructionsMax);
    if (trap === undefined) this.#checkAbi(stackPointer);
    return {
      words: trap === undefined ? this.#results(resultWords) : [],
      ...(trap && { trap }),
      cycles: core.cycles - before.cycles,
      instructions: core.instructions,
      misaligned: core.misaligned - before.misaligned,
      stackBytes: this.#stackTop - core.lowestStack,
    };
  }

  /** Registers and stack as at the first instruction of a function. Returns the stack pointer. */
  #enter(address: number, words: readonly number[]): number {
    const { registers } = this.#core;
    const onStack = words.slice(resultRegisters);
    const stackPointer = (this.#stackTop - 4 * onStack.length) & ~7;
    for (let i = 0; i <= 12; i++) registers[i] = noise(i);
    for (let i = 0; i < Math.min(words.length, resultRegisters); i++) registers[i] = words[i]!;
    onStack.forEach((word, i) => this.#core.writeUint32(stackPointer + 4 * i, word));
    registers[8] = layout.memory;
    registers[9] = layout.helpers;
    registers[10] = layout.instance;
    registers[13] = stackPointer;
    registers[14] = exitAddress | 1;
    registers[15] = address;
    return stackPointer;
  }

  #run(instructionsMax: number): CallResult["trap"] {
    for (;;) {
      const stop = this.#core.run(instructionsMax);
      if (stop.kind === "exit") return undefined;
      if (stop.kind === "trap") return this.#trapAt(stop.code, stop.address);
      const code = this.#callHost(stop.number);
      if (code !== undefined) return this.#trapAt(code, this.#core.registers[15]! - 2);
    }
  }

  #trapAt(code: TrapCode, address: number): { code: TrapCode; codeOffset: number | null } {
    const offset = address - layout.code;
    return { code, codeOffset: offset >= 0 && offset < this.#codeBytes ? offset : null };
  }

  #callHost(number: number): TrapCode | undefined {
    const { registers } = this.#core;
    const [a, b, c, d] = registers as unknown as [number, number, number, number];
    const word = (position: number): number =>
      position < resultRegisters
        ? registers[position]!
        : this.#core.readUint32(registers[13]! + 4 * (position - resultRegisters));
    const result = this.#host(number, [a, b, c, d], word);
    if ("trap" in result) return result.trap;
    for (let i = 0; i < result.length; i++) this.#setResult(i, result[i]!);
    return undefined;
  }

  #setResult(position: number, word: number): void {
    if (position < resultRegisters) this.#core.registers[position] = word;
    else this.#setInstanceWord(instanceWords.results + position - resultRegisters, word);
  }

  #results(count: number): number[] {
    const { registers } = this.#core;
    const beyond = layout.instance + 4 * (instanceWords.results - resultRegisters);
    return Array.from({ length: count }, (_, i) =>
      i < resultRegisters ? registers[i]! : this.#core.readUint32(beyond + 4 * i),
    );
  }

  #checkAbi(stackPointer: number): void {
    const { registers } = this.#core;
    const kept = [
      ...calleeSaved.map((register) => [register, noise(register)] as const),
      [8, layout.memory],
      [9, layout.helpers],
      [10, layout.instance],
      [13, stackPointer],
    ] as const;
    for (const [register, value] of kept) {
      if (registers[register] !== value)
        throw new Error(
          `the code left r${register} as 0x${registers[register]!.toString(16)} instead of 0x${value.toString(16)}`,
        );
    }
  }

  #setInstanceWord(index: number, word: number): void {
    this.#core.writeUint32(layout.instance + 4 * index, word);
  }
}

/** The helpers with the addresses of where they lie in their table, as the firmware's image has them. */
function placeHelpers(helpers: Uint8Array, count: number): Uint8Array {
  const placed = new Uint8Array(helpers);
  const view = new DataView(placed.buffer);
  for (let i = 0; i < count; i++)
    view.setUint32(4 * i, view.getUint32(4 * i, true) + layout.helpers, true);
  return placed;
}

function checkSize(what: string, size: number, most: number, multiple: number): void {
  if (size < 0 || size > most || size % multiple !== 0)
    throw new RangeError(
      `${what}: ${size} is not a multiple of ${multiple} from 0 to ${most}, as the harness asks`,
    );
}
