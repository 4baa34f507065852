import { contractFunctions } from "../../runtime/emulator/sim/contract.js";

/** Instructions as bytes. */
export type Code = readonly number[];

export const code = (...parts: readonly Code[]): Code => parts.flat();
export const i32 = (value: number): Code => [0x41, ...signed(value | 0)];
export const i64 = (value: number): Code => [0x42, ...signed(value)];
export const f64 = (value: number): Code => [
  0x44,
  ...new Uint8Array(new Float64Array([value]).buffer),
];
export const local = (index: number): Code => [0x20, index];
export const drop: Code = [0x1a];
export const unreachable: Code = [0x00];
export const divide: Code = [0x6d];
export const truncate: Code = [0xaa];
export const wrap: Code = [0xa7];
export const add: Code = [0x6a];
export const load = (offset: number): Code => [0x28, 2, ...unsigned(offset)];
export const store = (offset: number): Code => [0x36, 2, ...unsigned(offset)];
/** Calls the entry of the table on the stack as a function without parameters. */
export const callIndirect: Code = [0x11, 0, 0];

/** Calls a contract function: `call("gpio.write", i32(0), i32(1))`. */
export function call(name: string, ...args: readonly Code[]): Code {
  const number = contractFunctions.findIndex((item) => `${item.interface}.${item.name}` === name);
  if (number < 0) throw new Error(`the contract has no ${name}`);
  return code(...args, [0x10, ...unsigned(number)]);
}

/** Writes a line with a number to the log, which shows in the trace: ` 42`. */
export const report = (value: Code): Code => call("log.number", i32(0), i32(0), value, i32(0));

interface Func {
  readonly parameters: number;
  readonly body: Code;
}

/** A container that is written by hand. It imports every function of the contract, in its order. */
export class Assembler {
  readonly #functions: Func[] = [];
  readonly #handlers: number[] = [];
  readonly #data: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  #start = -1;
  #runAtOnce = -1;
  pages = 1;
  exportsTable = true;

  /** Adds a function; returns code that calls it. A function may call itself by `callNext`. */
  define(body: Code, parameters = 0): Code {
    return [0x10, ...unsigned(contractFunctions.length + this.#add(body, parameters))];
  }

  /** Code that calls the function that is added next. */
  callNext(): Code {
    return [0x10, ...unsigned(contractFunctions.length + this.#functions.length)];
  }

  /** Adds a function to the table and returns its index there. It has one parameter, local 0, unless told otherwise. */
  handler(body: Code, parameters = 1): number {
    this.#handlers.push(this.#add(body, parameters));
    return this.#handlers.length;
  }

  start(...parts: readonly Code[]): this {
    this.#start = this.#add(code(...parts), 0);
    return this;
  }

  /** Code that runs while the module is instantiated. */
  runAtOnce(body: Code): this {
    this.#runAtOnce = this.#add(body, 0);
    return this;
  }

  data(offset: number, bytes: Uint8Array): this {
    this.#data.push({ offset, bytes });
    return this;
  }

  #add(body: Code, parameters: number): number {
    this.#functions.push({ parameters, body });
    return this.#functions.length - 1;
  }

  build(): Uint8Array {
    const functionIndex = (index: number): number => contractFunctions.length + index;
    const importTypes = contractFunctions.map((item) => [
      0x60,
      ...vector(item.params.map((type) => [valueType(type)])),
      ...vector(item.result === null ? [] : [[valueType(item.result)]]),
    ]);
    // Types 0 and 1 are those of own functions: without a parameter, with one.
    const types = [[0x60, 0, 0], [0x60, 1, 0x7f, 0], ...importTypes];
    const imports = contractFunctions.map((item, index) => [
      ...name(item.interface),
      ...name(item.name),
      0,
      ...unsigned(index + 2),
    ]);
    const exports = [
      ...(this.pages > 0 ? [[...name("memory"), 2, 0]] : []),
      ...(this.exportsTable ? [[...name("event"), 1, 0]] : []),
    ];
    // Entry 0 is `start`, or empty.
    const entries = this.#start >= 0 ? [this.#start, ...this.#handlers] : this.#handlers;
    const elements = [
      [
        0,
        ...i32(this.#start >= 0 ? 0 : 1),
        0x0b,
        ...vector(entries.map((index) => unsigned(functionIndex(index)))),
      ],
    ];
    const bodies = this.#functions.map(({ body }) => sized([0, ...body, 0x0b]));
    const data = this.#data.map(({ offset, bytes }) => [
      0,
      ...i32(offset),
      0x0b,
      ...sized([...bytes]),
    ]);
    return Uint8Array.from([
      0x00,
      0x61,
      0x73,
      0x6d,
      1,
      0,
      0,
      0,
      ...section(1, vector(types)),
      ...section(2, vector(imports)),
      ...section(3, vector(this.#functions.map(({ parameters }) => [parameters]))),
      // `start`, the handlers, and one entry that stays empty.
      ...section(4, vector([[0x70, 0, ...unsigned(this.#handlers.length + 2)]])),
      ...(this.pages > 0 ? section(5, vector([[0, ...unsigned(this.pages)]])) : []),
      ...section(7, vector(exports)),
      ...(this.#runAtOnce >= 0 ? section(8, unsigned(functionIndex(this.#runAtOnce))) : []),
      ...section(9, vector(elements)),
      ...section(10, vector(bodies)),
      ...(data.length > 0 ? section(11, vector(data)) : []),
    ]);
  }
}

/** UTF-16LE, as strings lie in a container's memory. */
export function utf16(text: string): Uint8Array {
  return Uint8Array.from(
    [...Array(text.length).keys()].flatMap((i) => [
      text.charCodeAt(i) & 0xff,
      text.charCodeAt(i) >> 8,
    ]),
  );
}

function valueType(type: "i32" | "i64"): number {
  return type === "i32" ? 0x7f : 0x7e;
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return [...bytes, value];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const byte = ((value % 128) + 128) % 128;
    value = Math.floor(value / 128);
    if ((value === 0 && byte < 0x40) || (value === -1 && byte >= 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, bytes: readonly number[]): number[] {
  return [id, ...sized(bytes)];
}

function name(text: string): number[] {
  return sized([...new TextEncoder().encode(text)]);
}
