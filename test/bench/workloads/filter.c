/* filter.as in C. n = samples, standard 1000. */
#include "workload.h"
#define WINDOW 16
static i32 history[WINDOW];
static i32 recent[5];
static i32 sorted[5];

static i32 median(void) {
  i32 i;
  for (i = 0; i < 5; i++) {
    i32 value = recent[i], at = i;
    while (at > 0 && sorted[at - 1] > value) {
      sorted[at] = sorted[at - 1];
      at--;
    }
    sorted[at] = value;
  }
  return sorted[2];
}

EXPORT("run") u32 run(u32 n) {
  u32 seed = 5, hash = 0, i;
  i32 sum = 0;
  for (i = 0; i < WINDOW; i++) history[i] = 0;
  for (i = 0; i < n; i++) {
    seed = seed * 1664525u + 1013904223u;
    recent[i % 5] = 20000 + (i32)(seed >> 22) - 512;
    i32 value = median();
    u32 slot = i & (WINDOW - 1);
    sum += value - history[slot];
    history[slot] = value;
    hash = hash * 31 + (u32)(sum / WINDOW);
  }
  return hash;
}
