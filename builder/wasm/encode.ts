import type {
  Expression,
  FunctionBody,
  Import,
  Instruction,
  Limits,
  Module,
  ValueType,
} from "./module.js";
import type { FunctionNames } from "./names.js";

const valueTypes: Readonly<Record<ValueType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
};
const kinds = { function: 0, table: 1, memory: 2, global: 3 } as const;

interface EncodedBody {
  readonly bytes: number;
  /** Of the first instruction, in the section. */
  readonly start: number;
}

/** Growing bytes with the primitives of the binary format. */
class ByteWriter {
  private buffer = new Uint8Array(256);
  length = 0;

  byte(value: number): this {
    if (this.length === this.buffer.length) this.grow(1);
    this.buffer[this.length++] = value;
    return this;
  }

  bytes(source: Uint8Array): this {
    if (this.length + source.length > this.buffer.length) this.grow(source.length);
    this.buffer.set(source, this.length);
    this.length += source.length;
    return this;
  }

  u32(value: number): this {
    for (; value >= 0x80; value = Math.floor(value / 128)) this.byte((value % 128) | 0x80);
    return this.byte(value);
  }

  signed(value: bigint): this {
    for (;;) {
      const byte = Number(value & 0x7fn);
      value >>= 7n;
      if ((value === 0n && byte < 0x40) || (value === -1n && byte >= 0x40)) return this.byte(byte);
      this.byte(byte | 0x80);
    }
  }

  bits(value: bigint, length: number): this {
    for (let k = 0; k < length; k++) this.byte(Number((value >> BigInt(8 * k)) & 0xffn));
    return this;
  }

  name(text: string): this {
    const bytes = new TextEncoder().encode(text);
    return this.u32(bytes.length).bytes(bytes);
  }

  vector<T>(items: readonly T[], item: (value: T) => void): this {
    this.u32(items.length);
    items.forEach(item);
    return this;
  }

  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private grow(by: number): void {
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + by));
    larger.set(this.buffer);
    this.buffer = larger;
  }
}

/** Where instructions went: [offset decoded from, offset now], for each that has the former, in the order of the latter. */
export type OffsetMap = readonly (readonly [from: number, to: number])[];

/** A module as bytes, and where its parts went. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly offsets: OffsetMap;
  /** Bytes of each section with its header, by name. */
  readonly sectionBytes: ReadonlyMap<SectionName, number>;
  /** Bytes of each function body with its size field. */
  readonly bodyBytes: readonly number[];
  /** Offset of each function's first instruction. */
  readonly codeOffsets: readonly number[];
}

/** What the size sheet calls a section. */
export type SectionName =
  | "types"
  | "imports"
  | "functions"
  | "table"
  | "memory"
  | "globals"
  | "exports"
  | "start"
  | "elements"
  | "code"
  | "data"
  | "custom";

/** Encodes a module, each number in its shortest form. Empty sections are left out. */
export function encode(module: Module): Encoded {
  const out = new ByteWriter().bytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  const sectionBytes = new Map<SectionName, number>();
  const section = (
    id: number,
    name: SectionName,
    present: boolean,
    fill: (writer: ByteWriter) => void,
  ): number => {
    if (!present) return 0;
    const before = out.length;
    const content = new ByteWriter();
    fill(content);
    out.byte(id).u32(content.length);
    const start = out.length;
    out.bytes(content.finish());
    sectionBytes.set(name, (sectionBytes.get(name) ?? 0) + out.length - before);
    return start;
  };
  section(1, "types", module.types.length > 0, (w) =>
    w.vector(module.types, ({ params, results }) => {
      w.byte(0x60).vector(params, (type) => w.byte(valueTypes[type]));
      w.vector(results, (type) => w.byte(valueTypes[type]));
    }),
  );
  section(2, "imports", module.imports.length > 0, (w) =>
    w.vector(module.imports, (entry) => encodeImport(w, entry)),
  );
  section(3, "functions", module.functions.length > 0, (w) =>
    w.vector(module.functions, (type) => w.u32(type)),
  );
  section(4, "table", module.tables.length > 0, (w) =>
    w.vector(module.tables, (limits) => encodeLimits(w.byte(0x70), limits)),
  );
  section(5, "memory", module.memories.length > 0, (w) =>
    w.vector(module.memories, (limits) => encodeLimits(w, limits)),
  );
  section(6, "globals", module.globals.length > 0, (w) =>
    w.vector(module.globals, ({ type, mutable, init }) =>
      encodeExpression(w.byte(valueTypes[type]).byte(mutable ? 1 : 0), init),
    ),
  );
  section(7, "exports", module.exports.length > 0, (w) =>
    w.vector(module.exports, ({ name, kind, index }) => w.name(name).byte(kinds[kind]).u32(index)),
  );
  section(8, "start", module.start !== null, (w) => w.u32(module.start ?? 0));
  section(9, "elements", module.elements.length > 0, (w) =>
    w.vector(module.elements, ({ offset, functions }) => {
      if (offset) encodeExpression(w.u32(0), offset);
      else w.u32(1).byte(0);
      w.vector(functions, (index) => w.u32(index));
    }),
  );
  section(12, "data", module.dataCount, (w) => w.u32(module.data.length));
  const offsets: [number, number][] = [];
  const bodies: EncodedBody[] = [];
  const codeStart = section(10, "code", module.code.length > 0, (w) =>
    w.vector(module.code, (body) => bodies.push(encodeBody(w, body, offsets))),
  );
  for (const pair of offsets) pair[1] += codeStart;
  section(11, "data", module.data.length > 0, (w) =>
    w.vector(module.data, ({ offset, bytes }) => {
      if (offset) encodeExpression(w.u32(0), offset);
      else w.u32(1);
      w.u32(bytes.length).bytes(bytes);
    }),
  );
  for (const { name, bytes } of module.custom)
    section(0, "custom", true, (w) => w.name(name).bytes(bytes));
  const bodyBytes = bodies.map(({ bytes }) => bytes);
  const codeOffsets = bodies.map(({ start }) => codeStart + start);
  return { bytes: out.finish(), offsets, sectionBytes, bodyBytes, codeOffsets };
}

function encodeLimits(writer: ByteWriter, { min, max }: Limits): void {
  writer.byte(max === undefined ? 0 : 1).u32(min);
  if (max !== undefined) writer.u32(max);
}

function encodeImport(writer: ByteWriter, entry: Import): void {
  writer.name(entry.module).name(entry.name).byte(kinds[entry.kind]);
  if (entry.kind === "function") writer.u32(entry.typeIndex);
  else if (entry.kind === "table") encodeLimits(writer.byte(0x70), entry.limits);
  else if (entry.kind === "memory") encodeLimits(writer, entry.limits);
  else writer.byte(valueTypes[entry.type]).byte(entry.mutable ? 1 : 0);
}

/** Writes a body with its size; adds [from, to in this section] pairs to `offsets`. */
function encodeBody(
  writer: ByteWriter,
  { locals, code }: FunctionBody,
  offsets: [number, number][],
): EncodedBody {
  const body = new ByteWriter();
  body.vector(locals, ({ count, type }) => body.u32(count).byte(valueTypes[type]));
  const first = offsets.length;
  const localsBytes = body.length;
  encodeExpression(body, code, offsets);
  const before = writer.length;
  writer.u32(body.length);
  const start = writer.length;
  for (const pair of offsets.slice(first)) pair[1] += start;
  writer.bytes(body.finish());
  return { bytes: writer.length - before, start: start + localsBytes };
}

function encodeExpression(
  writer: ByteWriter,
  code: Expression,
  offsets?: [number, number][],
): void {
  for (const instruction of code) {
    if (offsets && instruction.offset >= 0) offsets.push([instruction.offset, writer.length]);
    encodeInstruction(writer, instruction);
  }
}

function encodeInstruction(
  writer: ByteWriter,
  { opcode, immediates, wide = 0n }: Instruction,
): void {
  if (opcode.code >= 0xfc00) writer.byte(0xfc).u32(opcode.code - 0xfc00);
  else writer.byte(opcode.code);
  switch (opcode.immediate) {
    case "block":
    case "i32":
      writer.signed(BigInt(immediates[0] ?? 0));
      break;
    case "labels":
      writer
        .vector(immediates.slice(0, -1), (label) => writer.u32(label))
        .u32(immediates.at(-1) ?? 0);
      break;
    case "i64":
      writer.signed(wide);
      break;
    case "f32":
      writer.bits(wide, 4);
      break;
    case "f64":
      writer.bits(wide, 8);
      break;
    default:
      for (const value of immediates) writer.u32(value);
  }
}

/** The content of a `name` section with these function names. */
export function encodeFunctionNames(names: FunctionNames): Uint8Array {
  const entries = [...names].sort(([a], [b]) => a - b);
  const content = new ByteWriter();
  content.vector(entries, ([index, name]) => content.u32(index).name(name));
  return new ByteWriter().byte(1).u32(content.length).bytes(content.finish()).finish();
}
