import { Level, log_number, log_write } from "./contract";

// The default is a literal because the compiler emits a second function for any other, 42 bytes.
/** Writes a line for the developer, at most 120 code units. A literal costs 13 bytes and 2 a code unit. */
export function log(text: string, level: Level = 1 /* Info */): void {
  log_write(level, changetype<usize>(text), text.length);
}

/** Writes `text`, a blank and `value / 10^decimals`: `logNumber("temperature", 21453, 3)` writes `temperature 21.453`. No string code is pulled in. */
export function logNumber(text: string, value: i32, decimals: u32 = 0): void {
  log_number(changetype<usize>(text), text.length, value, decimals);
}
