import type { Expression, FunctionBody, Instruction, Module } from "./module.js";
import { opcode } from "./opcodes.js";

/** Name of the exported global that `confine` adds: where the memory that the module knows begins in the one that it exports. */
export const memoryBaseExport = "memoryBase";

const pageBytes = 65_536;
const wordEnd = 2 ** 32;

/**
 * Gives a module `memoryBytes` of memory in place of whole pages: it lies at the end of the pages, so that the engine's own test of each access finds what is beyond.
 * Accesses get the distance by their constant offset, which is added to the address without wrapping; segments and the instructions on ranges get it by theirs. The
 * memory does not grow. A module without memory, or with less than that, stays as it is.
 */
export function confine(module: Module, memoryBytes: number): Module {
  const [memory] = module.memories;
  const base = (memory?.min ?? 0) * pageBytes - memoryBytes;
  if (memory === undefined || base < 0) return module;
  const index =
    module.imports.filter(({ kind }) => kind === "global").length + module.globals.length;
  return {
    ...module,
    memories: [{ min: memory.min, max: memory.min }],
    globals: [
      ...module.globals,
      { type: "i32", mutable: false, init: [make("i32.const", base), make("end")] },
    ],
    exports: [...module.exports, { name: memoryBaseExport, kind: "global", index }],
    code: module.code.map((body, k) =>
      confineBody(body, module.types[module.functions[k]!]!.params.length, base, memoryBytes),
    ),
    data: module.data.map((segment) => ({ ...segment, offset: moved(segment.offset, base) })),
  };
}

/** A segment that begins beyond all memory begins there afterwards too. */
function moved(offset: Expression | null, base: number): Expression | null {
  const [first, ...rest] = offset ?? [];
  if (first?.opcode.name !== "i32.const") return offset;
  const start = (first.immediates[0]! >>> 0) + base;
  return [{ ...first, immediates: [start < wordEnd ? start | 0 : -1] }, ...rest];
}

function confineBody(
  { locals, code }: FunctionBody,
  parameters: number,
  base: number,
  memoryBytes: number,
): FunctionBody {
  const first = locals.reduce((sum, { count }) => sum + count, parameters);
  const scratch = [first, first + 1, first + 2] as const;
  let usesScratch = false;
  const confined = code.flatMap((instruction): Instruction[] => {
    const { opcode, immediates } = instruction;
    if (opcode.immediate === "memory") {
      const [exponent = 0, offset = 0] = immediates;
      return [{ ...instruction, immediates: [exponent, Math.min(offset + base, wordEnd - 1)] }];
    }
    const places = placesOf[opcode.name];
    if (places === undefined) return [instruction];
    usesScratch = true;
    return [...movedPlaces(places, scratch, base, memoryBytes), instruction];
  });
  const own = usesScratch ? [{ count: 3, type: "i32" } as const] : [];
  return { locals: [...locals, ...own], code: confined };
}

/** Which of their three operands are addresses in memory. */
const placesOf: Readonly<Record<string, readonly boolean[]>> = {
  "memory.copy": [true, true, false],
  "memory.fill": [true, false, false],
  "memory.init": [true, false, false],
};

/** The three operands with the base added to those that are addresses; an address beyond the memory becomes the last of all. */
function movedPlaces(
  places: readonly boolean[],
  scratch: readonly number[],
  base: number,
  memoryBytes: number,
): Instruction[] {
  return [
    ...scratch.map((local) => make("local.set", local)).reverse(),
    ...scratch.flatMap((local, k) =>
      places[k] === true
        ? [
            make("local.get", local),
            make("i32.const", base),
            make("i32.add"),
            make("i32.const", -1),
            make("local.get", local),
            make("i32.const", memoryBytes | 0),
            make("i32.le_u"),
            make("select"),
          ]
        : [make("local.get", local)],
    ),
  ];
}

function make(name: string, ...immediates: number[]): Instruction {
  return { opcode: opcode(name), offset: -1, immediates };
}
