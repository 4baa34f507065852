/* A second-order filter in f32 and its energy in f64, with conversions to and from integers. n = samples, standard 1000. */
#include "workload.h"

EXPORT("run") u32 run(u32 n) {
  u32 seed = 7, i, h = 0;
  float x1 = 0, x2 = 0, y1 = 0, y2 = 0;
  double energy = 0;
  for (i = 0; i < n; i++) {
    float x = (float)(i32)(next(&seed) & 0xffff) * 0.0001f - 3.2768f;
    float y = 0.0675f * x + 0.1349f * x1 + 0.0675f * x2 + 1.1430f * y1 - 0.4128f * y2;
    x2 = x1;
    x1 = x;
    y2 = y1;
    y1 = y;
    energy = energy * 0.999 + (double)y * (double)y / 3.0;
    if (y < 0.0f) h += 1;
    h = h * 31 + (u32)(i32)(y * 1000.0f) + (u32)(i32)(energy * 4096.0);
  }
  return h;
}
