/* Shared by the workloads here. run(n) does n rounds and returns a checksum that depends on each. */
#ifndef WORKLOAD_H
#define WORKLOAD_H
typedef unsigned int u32;
typedef int i32;
typedef unsigned long long u64;
#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(name), noinline))
#else
#define EXPORT(name) __attribute__((noinline))
#endif
/* The next of a row of numbers by chance: a linear congruence, its better half first. */
static inline u32 next(u32 *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 16 | *seed << 16;
}
u32 run(u32 n);
#endif
