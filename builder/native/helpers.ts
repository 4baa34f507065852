/** Words that a helper takes and returns. */
export interface HelperShape {
  readonly args: number;
  readonly results: number;
}

/**
 * The helpers that compiled code calls. A name is that of the WebAssembly instruction whose result it computes; wide values are two words, low first.
 * A helper never ends the container: what an instruction traps on is tested before the call. What is not here is compiled inline or to another helper:
 * `gt` is `lt` of swapped operands, `ne` the negation of `eq`, a rotation to the left one to the right.
 *
 * - Division: the divisor is not 0, and the quotient of `div_s` fits; `rem_s` of the least number and -1 is 0.
 * - 64-bit shifts and `rotr` take the count as one word, of which the low six bits count.
 * - `i64.clz`, `i64.ctz` and `i64.popcnt` return one word.
 * - Floats are their bits. A NaN that is computed is canonical: 0x7fc00000, 0x7ff8000000000000. Comparisons return 0 or 1.
 * - `memory.copy` takes addresses (not indices): destination, source, bytes; the ranges may overlap. `memory.fill`: destination, byte (low eight bits), bytes.
 *   They write nothing where the range is empty.
 */
export const helperShapes = {
  "i32.div_s": { args: 2, results: 1 },
  "i32.div_u": { args: 2, results: 1 },
  "i32.rem_s": { args: 2, results: 1 },
  "i32.rem_u": { args: 2, results: 1 },
  "i32.clz": { args: 1, results: 1 },
  "i32.ctz": { args: 1, results: 1 },
  "i32.popcnt": { args: 1, results: 1 },
  "i64.mul": { args: 4, results: 2 },
  "i64.div_s": { args: 4, results: 2 },
  "i64.div_u": { args: 4, results: 2 },
  "i64.rem_s": { args: 4, results: 2 },
  "i64.rem_u": { args: 4, results: 2 },
  "i64.shl": { args: 3, results: 2 },
  "i64.shr_s": { args: 3, results: 2 },
  "i64.shr_u": { args: 3, results: 2 },
  "i64.rotr": { args: 3, results: 2 },
  "i64.clz": { args: 2, results: 1 },
  "i64.ctz": { args: 2, results: 1 },
  "i64.popcnt": { args: 2, results: 1 },
  "f32.eq": { args: 2, results: 1 },
  "f32.lt": { args: 2, results: 1 },
  "f32.le": { args: 2, results: 1 },
  "f32.add": { args: 2, results: 1 },
  "f32.sub": { args: 2, results: 1 },
  "f32.mul": { args: 2, results: 1 },
  "f32.div": { args: 2, results: 1 },
  "f32.min": { args: 2, results: 1 },
  "f32.max": { args: 2, results: 1 },
  "f32.sqrt": { args: 1, results: 1 },
  "f32.ceil": { args: 1, results: 1 },
  "f32.floor": { args: 1, results: 1 },
  "f32.trunc": { args: 1, results: 1 },
  "f32.nearest": { args: 1, results: 1 },
  "f64.eq": { args: 4, results: 1 },
  "f64.lt": { args: 4, results: 1 },
  "f64.le": { args: 4, results: 1 },
  "f64.add": { args: 4, results: 2 },
  "f64.sub": { args: 4, results: 2 },
  "f64.mul": { args: 4, results: 2 },
  "f64.div": { args: 4, results: 2 },
  "f64.min": { args: 4, results: 2 },
  "f64.max": { args: 4, results: 2 },
  "f64.sqrt": { args: 2, results: 2 },
  "f64.ceil": { args: 2, results: 2 },
  "f64.floor": { args: 2, results: 2 },
  "f64.trunc": { args: 2, results: 2 },
  "f64.nearest": { args: 2, results: 2 },
  "i32.trunc_sat_f32_s": { args: 1, results: 1 },
  "i32.trunc_sat_f32_u": { args: 1, results: 1 },
  "i32.trunc_sat_f64_s": { args: 2, results: 1 },
  "i32.trunc_sat_f64_u": { args: 2, results: 1 },
  "i64.trunc_sat_f32_s": { args: 1, results: 2 },
  "i64.trunc_sat_f32_u": { args: 1, results: 2 },
  "i64.trunc_sat_f64_s": { args: 2, results: 2 },
  "i64.trunc_sat_f64_u": { args: 2, results: 2 },
  "f32.convert_i32_s": { args: 1, results: 1 },
  "f32.convert_i32_u": { args: 1, results: 1 },
  "f32.convert_i64_s": { args: 2, results: 1 },
  "f32.convert_i64_u": { args: 2, results: 1 },
  "f32.demote_f64": { args: 2, results: 1 },
  "f64.convert_i32_s": { args: 1, results: 2 },
  "f64.convert_i32_u": { args: 1, results: 2 },
  "f64.convert_i64_s": { args: 2, results: 2 },
  "f64.convert_i64_u": { args: 2, results: 2 },
  "f64.promote_f32": { args: 1, results: 2 },
  "memory.copy": { args: 3, results: 0 },
  "memory.fill": { args: 3, results: 0 },
} as const satisfies Readonly<Record<string, HelperShape>>;

/** A routine of the helper table, named like the WebAssembly instruction it stands for. */
export type HelperName = keyof typeof helperShapes;
