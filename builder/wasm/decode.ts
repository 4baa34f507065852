import { ByteReader, DecodeError } from "./reader.js";
import { opcodes, type Opcode } from "./opcodes.js";
import type {
  CustomSection,
  DataSegment,
  ElementSegment,
  Export,
  Expression,
  FunctionBody,
  FunctionType,
  Global,
  Import,
  Instruction,
  Limits,
  Module,
  ValueType,
} from "./module.js";

const valueTypes: ReadonlyMap<number, ValueType> = new Map([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
]);

const exportKinds = ["function", "table", "memory", "global"] as const;

export type Decoded =
  | { readonly module: Module; readonly error?: never }
  | {
      readonly module?: never;
      readonly error: { readonly offset: number; readonly message: string };
    };

/**
 * Decodes a WebAssembly module (Core Specification, section 5). Structure only: types are not checked, so let the
 * JavaScript engine validate the bytes where it matters. Never throws for bad bytes: the first error comes back with its offset.
 */
export function decode(bytes: Uint8Array): Decoded {
  try {
    return { module: decodeModule(new ByteReader(bytes)) };
  } catch (error) {
    if (error instanceof DecodeError)
      return { error: { offset: error.offset, message: error.message } };
    throw error;
  }
}

interface Draft {
  types: FunctionType[];
  imports: Import[];
  functions: number[];
  tables: Limits[];
  memories: Limits[];
  globals: Global[];
  exports: Export[];
  start: number | null;
  elements: ElementSegment[];
  code: FunctionBody[];
  data: DataSegment[];
  dataCount: boolean;
  custom: CustomSection[];
}

function decodeModule(reader: ByteReader): Module {
  if (reader.u32le("magic number") !== 0x6d736100)
    throw new DecodeError(0, "this is no WebAssembly module: it does not start with \\0asm");
  if (reader.u32le("version") !== 1)
    throw new DecodeError(4, "this is no WebAssembly core module of version 1");
  const draft: Draft = {
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memories: [],
    globals: [],
    exports: [],
    start: null,
    elements: [],
    code: [],
    data: [],
    dataCount: false,
    custom: [],
  };
  let order = 0;
  while (!reader.done) {
    const at = reader.offset;
    const id = reader.byte("section id");
    const size = reader.u32("section size");
    const section = reader.slice(size, "section");
    if (id !== 0) {
      const rank = sectionOrder.indexOf(id);
      if (rank < 0) throw new DecodeError(at, `section ${id} is not known`);
      if (rank < order) throw new DecodeError(at, `section ${id} is twice there or out of order`);
      order = rank + 1;
    }
    sectionDecoders[id]?.(section, draft);
    if (!section.done) throw new DecodeError(section.offset, `section ${id} has bytes left over`);
  }
  if (draft.functions.length !== draft.code.length) {
    throw new DecodeError(
      reader.offset,
      `${draft.functions.length} functions are declared and ${draft.code.length} have code`,
    );
  }
  return draft;
}

/** Section ids in the order they must stand in: data count (12) comes before code (10). */
const sectionOrder = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

const sectionDecoders: Readonly<Record<number, (reader: ByteReader, draft: Draft) => void>> = {
  0: (r, d) => void d.custom.push({ name: r.name("custom section name"), bytes: r.rest() }),
  1: (r, d) => void (d.types = r.vector("types", decodeType)),
  2: (r, d) => void (d.imports = r.vector("imports", decodeImport)),
  3: (r, d) => void (d.functions = r.vector("functions", (x) => x.u32("type index"))),
  4: (r, d) => void (d.tables = r.vector("tables", decodeTable)),
  5: (r, d) => void (d.memories = r.vector("memories", decodeLimits)),
  6: (r, d) =>
    void (d.globals = r.vector("globals", (x) => ({
      ...decodeGlobalType(x),
      init: decodeExpression(x),
    }))),
  7: (r, d) => void (d.exports = r.vector("exports", decodeExport)),
  8: (r, d) => void (d.start = r.u32("start function")),
  9: (r, d) => void (d.elements = r.vector("element segments", decodeElement)),
  10: (r, d) => void (d.code = r.vector("function bodies", decodeBody)),
  11: (r, d) => void (d.data = r.vector("data segments", decodeData)),
  12: (r, d) => void ((d.dataCount = true), r.u32("data count")),
};

function decodeValueType(reader: ByteReader): ValueType {
  const at = reader.offset;
  const byte = reader.byte("value type");
  const type = valueTypes.get(byte);
  if (!type)
    throw new DecodeError(
      at,
      `value type 0x${byte.toString(16)} is not supported (vectors and references are not)`,
    );
  return type;
}

function decodeType(reader: ByteReader): FunctionType {
  const at = reader.offset;
  if (reader.byte("function type") !== 0x60)
    throw new DecodeError(at, "only function types are supported");
  return {
    params: reader.vector("parameters", decodeValueType),
    results: reader.vector("results", decodeValueType),
  };
}

function decodeLimits(reader: ByteReader): Limits {
  const at = reader.offset;
  const flags = reader.byte("limits");
  if (flags > 1)
    throw new DecodeError(
      at,
      `limits of kind ${flags} are not supported (shared or 64-bit memory)`,
    );
  const min = reader.u32("minimum");
  return flags === 1 ? { min, max: reader.u32("maximum") } : { min };
}

function decodeTable(reader: ByteReader): Limits {
  const at = reader.offset;
  if (reader.byte("table type") !== 0x70)
    throw new DecodeError(at, "only tables of functions are supported");
  return decodeLimits(reader);
}

function decodeGlobalType(reader: ByteReader): { type: ValueType; mutable: boolean } {
  const type = decodeValueType(reader);
  const at = reader.offset;
  const flag = reader.byte("mutability");
  if (flag > 1) throw new DecodeError(at, `mutability ${flag} is not known`);
  return { type, mutable: flag === 1 };
}

function decodeImport(reader: ByteReader): Import {
  const module = reader.name("import module");
  const name = reader.name("import name");
  const at = reader.offset;
  const kind = reader.byte("import kind");
  if (kind === 0) return { module, name, kind: "function", typeIndex: reader.u32("type index") };
  if (kind === 1) return { module, name, kind: "table", limits: decodeTable(reader) };
  if (kind === 2) return { module, name, kind: "memory", limits: decodeLimits(reader) };
  if (kind === 3) return { module, name, kind: "global", ...decodeGlobalType(reader) };
  throw new DecodeError(at, `import kind 0x${kind.toString(16)} is not known`);
}

function decodeExport(reader: ByteReader): Export {
  const name = reader.name("export name");
  const at = reader.offset;
  const kind = exportKinds[reader.byte("export kind")];
  if (!kind) throw new DecodeError(at, "this export kind is not known");
  return { name, kind, index: reader.u32("export index") };
}

function decodeElement(reader: ByteReader): ElementSegment {
  const at = reader.offset;
  const flags = reader.u32("element segment kind");
  if (flags === 0)
    return {
      offset: decodeExpression(reader),
      functions: reader.vector("elements", (x) => x.u32("function index")),
    };
  if (flags !== 1) throw new DecodeError(at, `element segments of kind ${flags} are not supported`);
  if (reader.byte("element kind") !== 0)
    throw new DecodeError(reader.offset - 1, "only elements that are functions are supported");
  return { offset: null, functions: reader.vector("elements", (x) => x.u32("function index")) };
}

function decodeData(reader: ByteReader): DataSegment {
  const at = reader.offset;
  const flags = reader.u32("data segment kind");
  if (flags > 1) throw new DecodeError(at, `data segments of kind ${flags} are not supported`);
  const offset = flags === 0 ? decodeExpression(reader) : null;
  return { offset, bytes: reader.bytes(reader.u32("data size"), "data") };
}

function decodeBody(reader: ByteReader): FunctionBody {
  const body = reader.slice(reader.u32("body size"), "function body");
  const locals = body.vector("locals", (x) => ({
    count: x.u32("local count"),
    type: decodeValueType(x),
  }));
  const code = decodeExpression(body);
  if (!body.done) throw new DecodeError(body.offset, "the function has code after its end");
  return { locals, code };
}

/** Instructions up to the `end` that closes the expression. Nesting is counted, not recursed into. */
function decodeExpression(reader: ByteReader): Expression {
  const code: Instruction[] = [];
  for (let depth = 1; depth > 0;) {
    const instruction = decodeInstruction(reader);
    code.push(instruction);
    if (instruction.opcode.immediate === "block") depth++;
    else if (instruction.opcode.name === "end") depth--;
  }
  return code;
}

function decodeInstruction(reader: ByteReader): Instruction {
  const offset = reader.offset;
  const first = reader.byte("instruction");
  const code = first === 0xfc ? 0xfc00 + reader.u32("instruction") : first;
  const opcode = opcodes.get(code);
  if (!opcode) throw new DecodeError(offset, `instruction 0x${code.toString(16)} is not supported`);
  return { opcode, offset, ...decodeImmediates(reader, opcode) };
}

function decodeImmediates(
  reader: ByteReader,
  { immediate }: Opcode,
): Pick<Instruction, "immediates" | "wide"> {
  switch (immediate) {
    case "none":
      return { immediates: [] };
    case "block":
      return { immediates: [reader.s33("block type")] };
    case "labels": {
      const labels = reader.vector("labels", (x) => x.u32("label"));
      return { immediates: [...labels, reader.u32("default label")] };
    }
    case "i32":
      return { immediates: [reader.s32("constant")] };
    case "i64":
      return { immediates: [], wide: reader.s64("constant") };
    case "f32":
      return { immediates: [], wide: reader.bits(4) };
    case "f64":
      return { immediates: [], wide: reader.bits(8) };
    case "memory":
    case "indirect":
    case "zero2":
    case "dataIndexZero":
    case "elementTable":
    case "tableTable":
      return { immediates: [reader.u32("immediate"), reader.u32("immediate")] };
    default:
      return { immediates: [reader.u32("immediate")] };
  }
}
