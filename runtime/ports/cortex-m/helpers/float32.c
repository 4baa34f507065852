/* f32 arithmetic: IEEE 754 binary32, round to nearest, ties to even; every NaN that comes out is canonical. */
#include "bits.h"

uint32_t round32(uint32_t sign, int32_t exponent, uint32_t significand) {
  if (exponent >= 0xff) return sign | INF32;
  if (exponent <= 0) {
    uint32_t shift = (uint32_t)(1 - exponent);
    if (shift > 31) shift = 31;
    significand = significand >> shift | (significand << (32 - shift) != 0);
    exponent = 1;
    /* Without a leading one the sum below has exponent 0; with a carry into its place, 1. */
  }
  uint32_t rounded = (significand + 0x3f + (significand >> 7 & 1)) >> 7;
  return sign | (((uint32_t)(exponent - 1) << 23) + rounded);
}

uint32_t f32_add(uint32_t a, uint32_t b) {
  if (a << 1 < b << 1) {
    uint32_t other = a;
    a = b;
    b = other;
  }
  int32_t exponent = exponent32(a), other_exponent = exponent32(b);
  if (exponent == 0xff) return is_nan32(a) || (a ^ b) == SIGN32 ? NAN32 : a;
  if (b << 1 == 0) return a << 1 == 0 ? a & b : a;
  uint32_t x = (a & 0x7fffff) << 6, y = (b & 0x7fffff) << 6;
  if (exponent != 0) x |= 1u << 29;
  else exponent = 1;
  if (other_exponent != 0) y |= 1u << 29;
  else other_exponent = 1;
  uint32_t shift = (uint32_t)(exponent - other_exponent);
  if (shift != 0) y = shift < 31 ? y >> shift | (y << (32 - shift) != 0) : 1;
  if ((int32_t)(a ^ b) < 0) {
    x -= y;
    if (x == 0) return 0;
  } else {
    x += y;
  }
  uint32_t zeros = i32_clz(x) - 1;
  return round32(a & SIGN32, exponent + 1 - (int32_t)zeros, x << zeros);
}

uint32_t f32_sub(uint32_t a, uint32_t b) { return f32_add(a, b ^ SIGN32); }

/* A denormal's exponent as if it were normal, and its significand shifted to match: high and low word, which come back in registers. */
static __attribute__((noinline)) uint64_t normalise32(uint32_t fraction) {
  uint32_t zeros = i32_clz(fraction) - 8;
  return wide(1 - zeros, fraction << zeros);
}

/* The significand with its leading one at bit 23; the exponent changes to match. Not for zero. */
static inline __attribute__((always_inline)) uint32_t normal32(uint32_t a, int32_t *exponent) {
  uint32_t fraction = a & 0x7fffff;
  if (*exponent != 0) return fraction | 1u << 23;
  uint64_t both = normalise32(fraction);
  *exponent = (int32_t)high(both);
  return low(both);
}

uint32_t f32_mul(uint32_t a, uint32_t b) {
  int32_t exponent = exponent32(a), other_exponent = exponent32(b);
  uint32_t sign = (a ^ b) & SIGN32;
  if (exponent == 0xff || other_exponent == 0xff) {
    if (is_nan32(a) || is_nan32(b) || a << 1 == 0 || b << 1 == 0) return NAN32;
    return sign | INF32;
  }
  if (a << 1 == 0 || b << 1 == 0) return sign;
  uint32_t x = normal32(a, &exponent), y = normal32(b, &other_exponent);
  uint64_t product = (uint64_t)(x << 8) * (y << 7);
  uint32_t significand = high(product) | (low(product) != 0);
  exponent += other_exponent - 126;
  if (significand < 1u << 30) {
    significand <<= 1;
    exponent -= 1;
  }
  return round32(sign, exponent, significand);
}

uint32_t f32_div(uint32_t a, uint32_t b) {
  int32_t exponent = exponent32(a), other_exponent = exponent32(b);
  uint32_t sign = (a ^ b) & SIGN32;
  if (exponent == 0xff) return is_nan32(a) || other_exponent == 0xff ? NAN32 : sign | INF32;
  if (other_exponent == 0xff) return is_nan32(b) ? NAN32 : sign;
  if (b << 1 == 0) return a << 1 == 0 ? NAN32 : sign | INF32;
  if (a << 1 == 0) return sign;
  uint32_t x = normal32(a, &exponent), y = normal32(b, &other_exponent);
  exponent += 127 - other_exponent;
  if (x < y) {
    x <<= 1;
    exponent -= 1;
  }
  return round32(sign, exponent, divide_short_significands(x, y) << 5);
}

uint32_t f32_sqrt(uint32_t a) {
  if (a << 1 == 0) return a;
  if (a >= INF32) return a == INF32 ? a : NAN32;
  int32_t exponent = exponent32(a);
  uint32_t rest = normal32(a, &exponent) << 1;
  exponent -= 127;
  if (exponent & 1) rest <<= 1;
  /* Bit by bit: `twice` is two times the root so far, and the rest is doubled where the root would be halved. */
  uint32_t root = 0, twice = 0;
  for (uint32_t bit = 1u << 24; bit != 0; bit >>= 1) {
    uint32_t next = twice + bit;
    if (next <= rest) {
      twice = next + bit;
      rest -= next;
      root += bit;
    }
    rest <<= 1;
  }
  return round32(0, (exponent >> 1) + 127, root << 6 | (rest != 0));
}

/* Floats in their order as whole numbers, both zeros 0. */
static inline int32_t order32(uint32_t a) { return (int32_t)((int32_t)a < 0 ? SIGN32 - a : a); }

uint32_t f32_eq(uint32_t a, uint32_t b) { return !is_nan32(a) && !is_nan32(b) && order32(a) == order32(b); }
uint32_t f32_lt(uint32_t a, uint32_t b) { return !is_nan32(a) && !is_nan32(b) && order32(a) < order32(b); }
uint32_t f32_le(uint32_t a, uint32_t b) { return !is_nan32(a) && !is_nan32(b) && order32(a) <= order32(b); }

/* Of two that are equal the bits differ only for zeros. */
uint32_t f32_min(uint32_t a, uint32_t b) {
  if (is_nan32(a) || is_nan32(b)) return NAN32;
  int32_t x = order32(a), y = order32(b);
  return x < y ? a : x > y ? b : a | b;
}

uint32_t f32_max(uint32_t a, uint32_t b) {
  if (is_nan32(a) || is_nan32(b)) return NAN32;
  int32_t x = order32(a), y = order32(b);
  return x > y ? a : x < y ? b : a & b;
}

enum direction { to_zero, down, up, to_even };

/* To a whole number. What is added before the fraction is cut off carries into the exponent where it must. */
static uint32_t whole32(uint32_t a, enum direction direction) {
  int32_t exponent = exponent32(a);
  if (exponent >= 127 + 23) return is_nan32(a) ? NAN32 : a;
  int away = direction == ((int32_t)a < 0 ? down : up);
  if (exponent < 127) {
    if (direction == to_even) away = a << 1 > 126u << 24;
    return a << 1 == 0 || !away ? a & SIGN32 : (a & SIGN32) | 127u << 23;
  }
  uint32_t fraction = 0x7fffffu >> (exponent - 127);
  if (away) a += fraction;
  if (direction == to_even) a += (fraction >> 1) + ((a & (fraction + 1)) != 0);
  return a & ~fraction;
}

uint32_t f32_ceil(uint32_t a) { return whole32(a, up); }
uint32_t f32_floor(uint32_t a) { return whole32(a, down); }
uint32_t f32_trunc(uint32_t a) { return whole32(a, to_zero); }
uint32_t f32_nearest(uint32_t a) { return whole32(a, to_even); }
