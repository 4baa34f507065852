import {
  functionType,
  importedFunctions,
  type FunctionType,
  type Module,
  type ValueType,
} from "../../wasm/module.js";

/** 32-bit words that a value takes. */
export const wordsOf: Readonly<Record<ValueType, number>> = { i32: 1, f32: 1, i64: 2, f64: 2 };

/** Words that values of these types take together. */
export function wordCount(types: readonly ValueType[]): number {
  return types.reduce((sum, type) => sum + wordsOf[type], 0);
}

/** The word of the instance block with the first result that has no register: stack limit and memory size come before. */
export const instanceResultWord = 2;

/** Words of the instance block before the globals: those before the results, and eighteen of them. */
export const instanceHeaderWords = 20;

/** Words of results that a function may have: four in registers, the rest in the instance block. */
export const maxResultWords = 22;

/** Signature ids fit the eight high bits of a table entry, and 0 is that of an empty one. */
const maxSignatures = 255;

/** What all functions of a module agree on. */
export interface Layout {
  readonly imported: number;
  /** Entries of the table: 0 where there is none. */
  readonly tableEntries: number;
  /** Of a type's functions in the table, by type index: from 1, equal for equal types; 0 if the table has none. */
  readonly signatureIds: readonly number[];
  /** Byte of the instance block at which each global lies. */
  readonly globalOffsets: readonly number[];
  /** More signatures than ids. */
  readonly tooManySignatures: boolean;
}

/** Where the things lie that functions share. The linker lays out table and instance block by the same function. */
export function layoutOf(module: Module): Layout {
  const ids = new Map<string, number>();
  for (const { functions } of module.elements) {
    for (const index of functions) {
      const key = signature(functionType(module, index));
      if (!ids.has(key)) ids.set(key, ids.size + 1);
    }
  }
  let words = instanceHeaderWords;
  const globalOffsets = module.globals.map(({ type }) => {
    const offset = 4 * words;
    words += wordsOf[type];
    return offset;
  });
  return {
    imported: importedFunctions(module).length,
    tableEntries: module.tables[0]?.min ?? 0,
    signatureIds: module.types.map((type) => ids.get(signature(type)) ?? 0),
    globalOffsets,
    tooManySignatures: ids.size > maxSignatures,
  };
}

function signature({ params, results }: FunctionType): string {
  return `${params.join(" ")}:${results.join(" ")}`;
}
