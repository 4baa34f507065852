import {
  importedFunctions,
  type DataSegment,
  type Export,
  type FunctionBody,
  type FunctionType,
  type Instruction,
  type Module,
} from "../wasm/module.js";
import type { FunctionNames } from "../wasm/names.js";
import { opcode } from "../wasm/opcodes.js";
import { foldStartStores } from "./start-stores.js";

/**
 * Turns what AssemblyScript emits into a container: handlers become constants, the function objects and the memory that only
 * they needed disappear, the start function becomes entry 0 of the table, the table is exported as `event`, and nothing else leaves the module.
 */
export interface Shaped {
  readonly module: Module;
  readonly names: FunctionNames;
  /** Where the heap begins: the end of static data, in bytes. */
  readonly heapBase: number;
}

/** Imports of the builder's own, which never reach a container. `handler` turns a function object into its table index. */
const builderModule = "builder";

/** Exports of the entry file that the builder reads or renames. */
const heapBaseExport = "heapBase";
const collectExport = "collect";

/** @param unreadWords addresses of 32-bit words of static data that nothing reads. */
export function shape(
  module: Module,
  names: FunctionNames,
  takesPointers: (module: string, name: string) => boolean,
  unreadWords: readonly number[],
): Shaped {
  const heapBase = readHeapBase(module);
  const image = dataImage(module.data);
  for (const address of unreadWords) clear(image, address, 4);
  let shaped = foldStartStores(foldHandlers(module, image), image, heapBase);
  shaped = { ...shaped, data: dataSegments(image) };
  const marker = importedFunctions(shaped).findIndex((entry) => entry.module === builderModule);
  if (marker >= 0) {
    shaped = removeImportedFunction(shaped, marker);
    names = renumberNames(names, marker);
  }
  shaped = { ...startEntry(shaped), exports: containerExports(shaped), custom: [] };
  shaped = dropExtensions(pruneGlobals(shaped));
  shaped = shapeMemory(shaped, takesPointers);
  shaped = pruneTypes(shaped);
  return { module: shaped, names, heapBase };
}

function readHeapBase(module: Module): number {
  const entry = module.exports.find(
    ({ name, kind }) => name === heapBaseExport && kind === "global",
  );
  const init = entry && module.globals[entry.index]?.init[0];
  return init?.immediates[0] ?? 0;
}

/**
 * An AssemblyScript function value is the address of a static object whose first word is the table index. Where the address is a constant
 * the index becomes one; elsewhere it is loaded. Objects that nothing names any more are cleared.
 */
function foldHandlers(module: Module, image: Map<number, number>): Module {
  const marker = importedFunctions(module).findIndex((entry) => entry.module === builderModule);
  if (marker < 0) return module;
  const folded = new Set<number>();
  const code = module.code.map((body) => ({
    ...body,
    code: foldBody(body, marker, image, folded),
  }));
  const constants = new Set(
    code.flatMap((body) =>
      body.code.flatMap((i) => (i.opcode.name === "i32.const" ? i.immediates : [])),
    ),
  );
  for (const address of folded) {
    if (!isNamed(address, constants, image, module))
      clear(image, address - objectHeaderBytes, objectHeaderBytes + functionObjectBytes);
  }
  return { ...module, code };
}

function clear(image: Map<number, number>, from: number, length: number): void {
  for (let k = from; k < from + length; k++) image.delete(k);
}

/** Bytes before a managed object's address, and of a function object itself (AssemblyScript runtime, "Memory layout"). */
const objectHeaderBytes = 20;
const functionObjectBytes = 8;

function foldBody(
  body: FunctionBody,
  marker: number,
  image: ReadonlyMap<number, number>,
  folded: Set<number>,
): Instruction[] {
  const code: Instruction[] = [];
  for (const instruction of body.code) {
    if (instruction.opcode.name !== "call" || instruction.immediates[0] !== marker) {
      code.push(instruction);
      continue;
    }
    const before = code.at(-1);
    if (before?.opcode.name === "i32.const") {
      const address = before.immediates[0] ?? 0;
      folded.add(address);
      code[code.length - 1] = { ...before, immediates: [wordAt(image, address)] };
    } else {
      code.push({ opcode: opcode("i32.load"), offset: instruction.offset, immediates: [2, 0] });
    }
  }
  return code;
}

function isNamed(
  address: number,
  constants: ReadonlySet<number>,
  image: ReadonlyMap<number, number>,
  module: Module,
): boolean {
  if (constants.has(address)) return true;
  if (module.globals.some(({ init }) => init[0]?.immediates[0] === address)) return true;
  // The image has only the bytes that are not zero: the lowest of an address may be missing.
  for (const at of image.keys()) if (wordAt(image, at & ~3) === address) return true;
  return false;
}

function wordAt(image: ReadonlyMap<number, number>, address: number): number {
  let word = 0;
  for (let k = 3; k >= 0; k--) word = (word << 8) | (image.get(address + k) ?? 0);
  return word;
}

/** The bytes other than zero that active segments put into memory, by address. */
function dataImage(segments: readonly DataSegment[]): Map<number, number> {
  const image = new Map<number, number>();
  for (const { offset, bytes } of segments) {
    const start = offset?.[0]?.immediates[0] ?? 0;
    bytes.forEach(
      (byte, k) => void (byte === 0 ? image.delete(start + k) : image.set(start + k, byte)),
    );
  }
  return image;
}

/** A segment of its own costs this much, so shorter runs of zeros are written out. */
const segmentBytes = 6;

function dataSegments(image: ReadonlyMap<number, number>): DataSegment[] {
  const addresses = [...image.keys()].sort((a, b) => a - b);
  const runs: { start: number; end: number }[] = [];
  for (const address of addresses) {
    const last = runs.at(-1);
    if (last && address - last.end <= segmentBytes) last.end = address + 1;
    else runs.push({ start: address, end: address + 1 });
  }
  return runs.map(({ start, end }) => ({
    offset: constantOffset(start),
    bytes: Uint8Array.from({ length: end - start }, (_, k) => image.get(start + k) ?? 0),
  }));
}

/** Takes an imported function out that nothing calls any more; all function indices above it move down. */
function removeImportedFunction(module: Module, removed: number): Module {
  const renumber = (index: number): number => (index > removed ? index - 1 : index);
  let position = -1;
  return {
    ...module,
    imports: module.imports.filter((entry) => entry.kind !== "function" || ++position !== removed),
    exports: module.exports.map((entry) =>
      entry.kind === "function" ? { ...entry, index: renumber(entry.index) } : entry,
    ),
    start: module.start === null ? null : renumber(module.start),
    elements: module.elements.map((segment) => ({
      ...segment,
      functions: segment.functions.map(renumber),
    })),
    code: module.code.map((body) => ({
      ...body,
      code: body.code.map((i) =>
        i.opcode.immediate === "function"
          ? { ...i, immediates: [renumber(i.immediates[0] ?? 0)] }
          : i,
      ),
    })),
  };
}

function renumberNames(names: FunctionNames, removed: number): FunctionNames {
  return new Map(
    [...names]
      .filter(([index]) => index !== removed)
      .map(([index, name]) => [index > removed ? index - 1 : index, name]),
  );
}

function containerExports(module: Module): Export[] {
  const exports: Export[] = [{ name: "event", kind: "table", index: 0 }];
  const memory = module.exports.find(({ kind }) => kind === "memory");
  if (memory) exports.push({ ...memory, name: "memory" });
  const collect = module.exports.find(
    ({ name, kind }) => name === collectExport && kind === "function",
  );
  if (collect) exports.push(collect);
  return exports;
}

/** Puts the start function into entry 0 of the table, which AssemblyScript leaves empty. Without one the entry stays empty. */
function startEntry(module: Module): Module {
  const handlers = module.elements.flatMap(({ functions }) => functions);
  if (module.start === null) return module;
  const elements = [{ offset: constantOffset(0), functions: [module.start, ...handlers] }];
  return { ...module, start: null, elements, tables: [{ min: 1 + handlers.length }] };
}

function constantOffset(value: number): Instruction[] {
  return [
    { opcode: opcode("i32.const"), offset: -1, immediates: [value] },
    { opcode: opcode("end"), offset: -1, immediates: [] },
  ];
}

/** A load that extends the sign already has done what the extension after it would do; the optimizer leaves these. */
const extendingLoads: Readonly<Record<string, string>> = {
  "i32.extend8_s": "i32.load8_s",
  "i32.extend16_s": "i32.load16_s",
  "i64.extend8_s": "i64.load8_s",
  "i64.extend16_s": "i64.load16_s",
  "i64.extend32_s": "i64.load32_s",
};

function dropExtensions(module: Module): Module {
  const isNeeded = (i: Instruction, k: number, code: readonly Instruction[]): boolean =>
    k === 0 ||
    extendingLoads[i.opcode.name] === undefined ||
    extendingLoads[i.opcode.name] !== code[k - 1]?.opcode.name;
  return {
    ...module,
    code: module.code.map((body) => ({ ...body, code: body.code.filter(isNeeded) })),
  };
}

/** Drops globals that no code reads or writes. */
function pruneGlobals(module: Module): Module {
  const used = new Set(
    module.code.flatMap((body) =>
      body.code.flatMap((i) => (i.opcode.immediate === "global" ? i.immediates : [])),
    ),
  );
  const kept = module.globals.map((_, index) => index).filter((index) => used.has(index));
  const renumber = new Map(kept.map((from, to) => [from, to]));
  return {
    ...module,
    globals: module.globals.filter((_, index) => used.has(index)),
    code: module.code.map((body) => ({
      ...body,
      code: body.code.map((i) =>
        i.opcode.immediate === "global"
          ? { ...i, immediates: [renumber.get(i.immediates[0] ?? 0) ?? 0] }
          : i,
      ),
    })),
  };
}

/** Drops the memory where nothing uses it, and its export where no host call takes a pointer. */
function shapeMemory(
  module: Module,
  takesPointers: (module: string, name: string) => boolean,
): Module {
  const instructions = module.code.flatMap((body) => body.code);
  const pointers = importedFunctions(module).some((entry) =>
    takesPointers(entry.module, entry.name),
  );
  const touched = instructions.some(
    ({ opcode: { name, immediate } }) => immediate === "memory" || name.startsWith("memory."),
  );
  const exports = pointers
    ? module.exports
    : module.exports.filter(({ kind }) => kind !== "memory");
  const dataCount = instructions.some(
    ({ opcode: { name } }) => name === "memory.init" || name === "data.drop",
  );
  if (!pointers && !touched) return { ...module, exports, memories: [], data: [], dataCount };
  const grows = instructions.some(({ opcode: { name } }) => name === "memory.grow");
  // A maximum equal to the minimum makes memory.grow return -1; without memory.grow it would only be a byte more.
  const memories = module.memories.map(({ min }) => (grows ? { min, max: min } : { min }));
  return { ...module, exports, memories, dataCount };
}

/** Leaves each type used once, in order of first use: equal types merge, unused ones go. */
function pruneTypes(module: Module): Module {
  const types: FunctionType[] = [];
  const keys = new Map<string, number>();
  const renumber = (index: number): number => {
    const type = module.types[index];
    if (!type) throw new RangeError(`type ${index} does not exist`);
    const key = `${type.params.join()}:${type.results.join()}`;
    const known = keys.get(key);
    if (known !== undefined) return known;
    keys.set(key, types.length);
    return types.push(type) - 1;
  };
  const imports = module.imports.map((entry) =>
    entry.kind === "function" ? { ...entry, typeIndex: renumber(entry.typeIndex) } : entry,
  );
  const functions = module.functions.map(renumber);
  const code = module.code.map((body) => ({
    ...body,
    code: body.code.map((i) => renumberTypes(i, renumber)),
  }));
  return { ...module, imports, functions, code, types };
}

function renumberTypes(instruction: Instruction, renumber: (index: number) => number): Instruction {
  const [first = 0, ...rest] = instruction.immediates;
  const namesType =
    instruction.opcode.immediate === "indirect" ||
    (instruction.opcode.immediate === "block" && first >= 0);
  return namesType ? { ...instruction, immediates: [renumber(first), ...rest] } : instruction;
}
