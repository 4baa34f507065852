import { importedFunctions, type Instruction, type Module } from "../wasm/module.js";

/** Bytes that each store writes. */
const storeBytes: Readonly<Record<string, number>> = {
  "i32.store": 4,
  "i32.store8": 1,
  "i32.store16": 2,
  "i64.store": 8,
  "i64.store8": 1,
  "i64.store16": 2,
  "i64.store32": 4,
  "f32.store": 4,
  "f64.store": 8,
};

/**
 * The start function often begins with stores of constants, the defaults of what lies in static memory: they become static data, where a zero costs
 * nothing. `image` holds the bytes other than zero by address; nothing but static data lies below `heapBase`.
 */
export function foldStartStores(
  module: Module,
  image: Map<number, number>,
  heapBase: number,
): Module {
  if (module.start === null) return module;
  const position = module.start - importedFunctions(module).length;
  const body = module.code[position];
  if (!body) return module;
  let folded = 0;
  for (; foldStore(body.code.slice(folded, folded + 3), image, heapBase); folded += 3);
  const rest = { ...body, code: body.code.slice(folded) };
  return { ...module, code: module.code.with(position, rest) };
}

/** Folds an address, a value and a store; false where these three are something else. */
function foldStore(
  [address, value, store]: readonly Instruction[],
  image: Map<number, number>,
  heapBase: number,
): boolean {
  const bytes = storeBytes[store?.opcode.name ?? ""];
  if (!store || !value || bytes === undefined || address?.opcode.name !== "i32.const") return false;
  if (!/^[if](32|64)\.const$/.test(value.opcode.name)) return false;
  const at = (address.immediates[0] ?? 0) + (store.immediates[1] ?? 0);
  if (at < 0 || at + bytes > heapBase) return false;
  const bits = value.wide ?? BigInt(value.immediates[0] ?? 0);
  for (let k = 0; k < bytes; k++) {
    const byte = Number((bits >> BigInt(8 * k)) & 0xffn);
    if (byte === 0) image.delete(at + k);
    else image.set(at + k, byte);
  }
  return true;
}
