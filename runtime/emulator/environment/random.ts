/**
 * Random numbers without state: each is a function of a seed, a name and an index, so that asking in another
 * order, or not at all, changes nothing. Only exact integer and IEEE operations are used: every engine agrees.
 */

/** FNV-1a over the UTF-16 code units of a name, started from a seed: 32 bits. */
export function nameKey(seed: number, name: string): number {
  let hash = mix(seed >>> 0) ^ 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** 32 random bits for the `index`-th draw (0 to 2^53 - 1) of a key. */
export function randomBits(key: number, index: number): number {
  const high = Math.floor(index / 2 ** 32);
  return mix(mix(key ^ (index >>> 0)) + Math.imul(high, 0x9e3779b9) + 0x6d2b79f5);
}

/** Uniform in [0, 1). */
export function uniform(key: number, index: number): number {
  return randomBits(key, index) / 2 ** 32;
}

/**
 * Mean 0, standard deviation 1, within -6 to 6: the sum of twelve uniform numbers less their mean (Irwin-Hall),
 * which needs no logarithm or sine, whose last digits differ between engines. Index 0 to 2^50.
 */
export function gaussian(key: number, index: number): number {
  let sum = 0;
  for (let i = 0; i < 6; i++) {
    const bits = randomBits(key, index * 6 + i);
    sum += (bits >>> 16) + (bits & 0xffff);
  }
  // Each half is (k + 1/2) / 2^16 for k = 0 .. 65535, so the twelve have a mean of exactly 6.
  return (sum + 6) / 65536 - 6;
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
