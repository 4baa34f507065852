/* 64-bit words: FNV-1a, a mix by products and shifts, a division a round, two accumulators that are compared. n = rounds, standard 2000. */
#include "workload.h"

EXPORT("run") u32 run(u32 n) {
  u64 h = 0xcbf29ce484222325ull, a = 1, b = ~0ull;
  u32 seed = 99, i;
  for (i = 0; i < n; i++) {
    u64 x = (u64)next(&seed) << 32 | next(&seed);
    h = (h ^ (x & 0xff)) * 0x100000001b3ull;
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ull;
    x ^= x >> 27;
    a += x;
    b -= x << (i & 63);
    if (a < b) h += a / (x | 1);
    else h ^= b >> (i & 31);
  }
  return (u32)h ^ (u32)(h >> 32) ^ (u32)a ^ (u32)(b >> 32);
}
