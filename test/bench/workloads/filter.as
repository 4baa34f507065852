// A median of five and a moving average over an array of numbers, as sensor apps in AssemblyScript have them. filter.c is the same in C.
const window = 16;
const history = new StaticArray<i32>(window);
const recent = new StaticArray<i32>(5);
const sorted = new StaticArray<i32>(5);

function median(): i32 {
  for (let i = 0; i < 5; i++) {
    const value = recent[i];
    let at = i;
    while (at > 0 && sorted[at - 1] > value) {
      sorted[at] = sorted[at - 1];
      at--;
    }
    sorted[at] = value;
  }
  return sorted[2];
}

export function run(n: u32): u32 {
  let seed: u32 = 5;
  let sum: i32 = 0;
  let hash: u32 = 0;
  for (let i = 0; i < window; i++) history[i] = 0;
  for (let i: u32 = 0; i < n; i++) {
    seed = seed * 1664525 + 1013904223;
    recent[i % 5] = 20000 + <i32>(seed >> 22) - 512;
    const value = median();
    const slot = i & (window - 1);
    sum += value - history[slot];
    history[slot] = value;
    hash = hash * 31 + <u32>(sum / window);
  }
  return hash;
}
