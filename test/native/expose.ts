import { encode } from "../../builder/wasm/encode.js";
import {
  functionType,
  importedFunctions,
  type Export,
  type FunctionBody,
  type FunctionType,
  type Instruction,
  type Module,
  type ValueType,
} from "../../builder/wasm/module.js";
import { opcode } from "../../builder/wasm/opcodes.js";

/** Names under which `expose` exports what the engine reads and calls. */
export const exposed = {
  memory: "memory",
  function: (name: string): string => `function ${name}`,
  global: (index: number): string => `global ${index}`,
} as const;

const integer = { i32: "i32", i64: "i64", f32: "i32", f64: "i64" } as const;
const toBits = { f32: "i32.reinterpret_f32", f64: "i64.reinterpret_f64" } as const;
const fromBits = { f32: "f32.reinterpret_i32", f64: "f64.reinterpret_i64" } as const;

/**
 * The module for the JavaScript engine: each exported function in a wrapper that takes and returns integers, for floats do not keep
 * their bits on the way through JavaScript; each global read by a function; the memory exported; and memory that cannot grow, as on a device.
 */
export function expose(module: Module): Uint8Array {
  const types = [...module.types];
  const functions = [...module.functions];
  const code = [...module.code];
  const exports: Export[] = [];
  const add = (name: string, type: FunctionType, body: FunctionBody): void => {
    const index = importedFunctions(module).length + functions.length;
    const bits = { params: asIntegers(type.params), results: asIntegers(type.results) };
    functions.push(types.push(bits) - 1);
    code.push(body);
    exports.push({ name, kind: "function", index });
  };
  for (const { name, kind, index } of module.exports) {
    if (kind !== "function") continue;
    const type = functionType(module, index);
    const call = [...parameters(type), instruction("call", index)];
    add(exposed.function(name), type, wrapped(type, call));
  }
  module.globals.forEach(({ type }, index) => {
    const signature = { params: [], results: [type] };
    const body = wrapped(signature, [instruction("global.get", index)]);
    add(exposed.global(index), signature, body);
  });
  if (module.memories.length > 0) exports.push({ name: exposed.memory, kind: "memory", index: 0 });
  const memories = module.memories.map(({ min }) => ({ min, max: min }));
  return encode({ ...module, types, functions, code, memories, exports, custom: [] }).bytes;
}

function asIntegers(types: readonly ValueType[]): ValueType[] {
  return types.map((type) => integer[type]);
}

function parameters({ params }: FunctionType): Instruction[] {
  return params.flatMap((type, k) => [instruction("local.get", k), ...converted(type, fromBits)]);
}

/** The results of `body` as integers: through locals, for only the last one is at hand on the stack. */
function wrapped({ params, results }: FunctionType, body: Instruction[]): FunctionBody {
  const local = (k: number): number => params.length + k;
  return {
    locals: results.map((type) => ({ count: 1, type })),
    code: [
      ...body,
      ...results.map((_, k) => instruction("local.set", local(k))).toReversed(),
      ...results.flatMap((type, k) => [
        instruction("local.get", local(k)),
        ...converted(type, toBits),
      ]),
      instruction("end"),
    ],
  };
}

function converted(type: ValueType, names: Readonly<Record<"f32" | "f64", string>>): Instruction[] {
  return type === "f32" || type === "f64" ? [instruction(names[type])] : [];
}

function instruction(name: string, ...immediates: number[]): Instruction {
  return { opcode: opcode(name), offset: -1, immediates };
}
