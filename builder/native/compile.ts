import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { helperTable } from "../../runtime/firmware/helpers.js";
import { contractImports, firstContractCall } from "../contract/capabilities.js";
import { decode } from "../wasm/decode.js";
import { importedFunctions, functionType, type Expression, type Module } from "../wasm/module.js";
import { buildIr } from "./build/build.js";
import { layoutOf, wordCount, wordsOf } from "./build/layout.js";
import { generate, type BackendOptions, type GeneratedModule } from "./generate.js";
import type { HelperName } from "./helpers.js";
import type { TableEntry } from "./link.js";
import { runPasses, type PassSwitches } from "./passes/passes.js";

/** How a module is compiled. */
export interface NativeOptions {
  /** `checked`: exact WebAssembly traps. `mpu`: the hardware stops what leaves the memory. */
  readonly bounds: "mpu" | "checked";
  /** Bytes of linear memory, a multiple of 4; the pages that the module declares if absent. */
  readonly memoryBytes?: number;
  /** Number of the supervisor call for an import, undefined where there is none; the contract's functions from 16 on if absent. */
  readonly hostCall?: (module: string, name: string) => number | undefined;
  readonly passes?: PassSwitches;
  readonly backend?: BackendOptions;
}

/** A container in ARMv6-M machine code, and what a loader needs beside it. */
export interface NativeModule extends GeneratedModule {
  readonly memoryBytes: number;
  /** What is in linear memory at first; the rest is zero. */
  readonly data: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  /** Initial words of the globals, low words first. */
  readonly globals: readonly number[];
  /** By place of the table: offset of a function that the runtime may call, which takes one word or none and returns nothing; -1 elsewhere. */
  readonly entries: readonly number[];
  /** Offset of the exported function `collect`. */
  readonly collect?: number;
  /** Offset of the start function of the module. */
  readonly start?: number;
}

const contractCalls: ReadonlyMap<string, number> = new Map(
  contractImports.map((entry, k) => [`${entry.interface}.${entry.name}`, firstContractCall + k]),
);

const helperPositions: ReadonlyMap<HelperName, number> = new Map(
  helperTable.map(({ name }, k) => [name, k]),
);

const pageBytes = 65536;

/**
 * Compiles a valid WebAssembly module (the JavaScript engine validates it first) to machine code that runs at any multiple of 4. What native code
 * cannot do comes back as diagnostics, with offsets in the module.
 */
export function compileNative(
  wasm: Uint8Array,
  options: NativeOptions,
): { readonly native?: NativeModule; readonly diagnostics: readonly Diagnostic[] } {
  const { module, error } = decode(wasm);
  if (!module) return { diagnostics: [refusal(`${error.message}, at byte ${error.offset}`)] };
  const memoryBytes = options.memoryBytes ?? (module.memories[0]?.min ?? 0) * pageBytes;
  const { functions, diagnostics } = buildIr(module, { bounds: options.bounds, memoryBytes });
  const unknown = importedFunctions(module).filter(
    (entry) => hostCallOf(options, entry) === undefined,
  );
  const found = [
    ...diagnostics,
    ...unknown.map((entry) =>
      refusal(`the import ${entry.module}.${entry.name} is not in the contract`),
    ),
  ];
  if (found.length > 0) return { diagnostics: found };
  const generated = generate(
    functions.map((fn) => runPasses(fn, options.passes)),
    {
      table: tableOf(module),
      helperIndex: (name) => helperPositions.get(name)!,
      helperStackBytes: (name) => helperTable[helperPositions.get(name)!]!.stackBytes,
      hostCall: (index) => hostCallOf(options, importedFunctions(module)[index]!)!,
      ...(options.backend && { options: options.backend }),
    },
  );
  return { native: loadable(module, generated, memoryBytes), diagnostics: [] };
}

function hostCallOf(
  { hostCall }: NativeOptions,
  entry: { readonly module: string; readonly name: string },
): number | undefined {
  return hostCall
    ? hostCall(entry.module, entry.name)
    : contractCalls.get(`${entry.module}.${entry.name}`);
}

function refusal(message: string): Diagnostic {
  return {
    severity: "error",
    code: "native-refused",
    message,
    hint: "Build the container again with this version of thimble.",
  };
}

/** The table as the element segments leave it; a later segment writes over an earlier one. */
function tableOf(module: Module): readonly (TableEntry | null)[] {
  const { tableEntries, signatureIds } = layoutOf(module);
  const table: (TableEntry | null)[] = Array.from({ length: tableEntries }, () => null);
  for (const { offset, functions } of module.elements) {
    if (offset === null) continue;
    const first = Number(constantOf(offset));
    functions.forEach((functionIndex, k) => {
      table[first + k] = {
        functionIndex,
        signatureId: signatureIds[typeIndexOf(module, functionIndex)]!,
      };
    });
  }
  return table;
}

function typeIndexOf(module: Module, index: number): number {
  const imported = importedFunctions(module);
  return imported[index]?.typeIndex ?? module.functions[index - imported.length]!;
}

function loadable(module: Module, generated: GeneratedModule, memoryBytes: number): NativeModule {
  const offsets = new Map(generated.functions.map(({ index, offset }) => [index, offset]));
  const collect = module.exports.find(
    ({ name, kind }) => kind === "function" && name === "collect",
  );
  const collectOffset = collect && offsets.get(collect.index);
  const startOffset = module.start === null ? undefined : offsets.get(module.start);
  return {
    ...generated,
    memoryBytes,
    data: module.data.flatMap(({ offset, bytes }) =>
      offset === null ? [] : [{ address: Number(constantOf(offset)) >>> 0, bytes }],
    ),
    globals: module.globals.flatMap(({ type, init }) =>
      wordsOfBits(BigInt(constantOf(init)), wordsOf[type]),
    ),
    entries: tableOf(module).map((entry) => entryOffset(module, entry, offsets)),
    ...(collectOffset !== undefined && { collect: collectOffset }),
    ...(startOffset !== undefined && { start: startOffset }),
  };
}

function entryOffset(
  module: Module,
  entry: TableEntry | null,
  offsets: ReadonlyMap<number, number>,
): number {
  if (entry === null) return -1;
  const { params, results } = functionType(module, entry.functionIndex);
  const isCallable = wordCount(params) <= 1 && results.length === 0;
  return isCallable ? (offsets.get(entry.functionIndex) ?? -1) : -1;
}

/** The value of a constant expression of a module without imported globals: signed, or the bits of a float. */
function constantOf(expression: Expression): number | bigint {
  const [first] = expression;
  return first?.wide ?? first?.immediates[0] ?? 0;
}

function wordsOfBits(bits: bigint, words: number): number[] {
  const low = Number(BigInt.asIntN(32, bits));
  return words === 1 ? [low] : [low, Number(BigInt.asIntN(32, bits >> 32n))];
}
