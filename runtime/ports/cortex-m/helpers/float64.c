/* f64 arithmetic: IEEE 754 binary64, round to nearest, ties to even; every NaN that comes out is canonical. */
#include "bits.h"

/* Bits shifted out leave their trace in bit 0. For 1 to 63. */
static uint64_t shift_right(uint64_t a, uint32_t shift) {
  return a >> shift | (a << (64 - shift) != 0);
}

uint64_t round64(uint32_t sign, int32_t exponent, uint64_t significand) {
  if (exponent >= 0x7ff) return wide(sign | high(INF64), 0);
  if (exponent <= 0) {
    uint32_t shift = (uint32_t)(1 - exponent);
    significand = shift_right(significand, shift > 63 ? 63 : shift);
    exponent = 1;
    /* Without a leading one the sum below has exponent 0; with a carry into its place, 1. */
  }
  uint64_t rounded = (significand + 0x1ff + (low(significand) >> 10 & 1)) >> 10;
  return rounded + wide(sign | (uint32_t)(exponent - 1) << 20, 0);
}

static inline uint64_t fraction64(uint64_t a) { return wide(high(a) & 0xfffff, low(a)); }

uint64_t f64_add(uint64_t a, uint64_t b) {
  if (a << 1 < b << 1) {
    uint64_t other = a;
    a = b;
    b = other;
  }
  int32_t exponent = exponent64(a), other_exponent = exponent64(b);
  if (exponent == 0x7ff) return is_nan64(a) || (a ^ b) == SIGN64 ? NAN64 : a;
  if (b << 1 == 0) return a << 1 == 0 ? a & b : a;
  uint64_t x = fraction64(a) << 9, y = fraction64(b) << 9;
  if (exponent != 0) x |= 1ull << 61;
  else exponent = 1;
  if (other_exponent != 0) y |= 1ull << 61;
  else other_exponent = 1;
  uint32_t shift = (uint32_t)(exponent - other_exponent);
  if (shift != 0) y = shift < 63 ? shift_right(y, shift) : 1;
  if ((int32_t)(high(a) ^ high(b)) < 0) {
    x -= y;
    if (x == 0) return 0;
  } else {
    x += y;
  }
  uint32_t zeros = i64_clz(x) - 1;
  return round64(high(a) & SIGN32, exponent + 1 - (int32_t)zeros, x << zeros);
}

uint64_t f64_sub(uint64_t a, uint64_t b) { return f64_add(a, b ^ SIGN64); }

/* What a denormal is to be shifted by for its leading one to be at bit 52. */
static __attribute__((noinline)) uint32_t zeros_above(uint64_t fraction) { return i64_clz(fraction) - 11; }

/* The significand with its leading one at bit 52; the exponent changes to match. Not for zero. */
static inline __attribute__((always_inline)) uint64_t normal64(uint64_t a, int32_t *exponent) {
  uint64_t fraction = fraction64(a);
  if (*exponent != 0) return fraction | 1ull << 52;
  uint32_t zeros = zeros_above(fraction);
  *exponent = 1 - (int32_t)zeros;
  return fraction << zeros;
}

uint64_t f64_mul(uint64_t a, uint64_t b) {
  int32_t exponent = exponent64(a), other_exponent = exponent64(b);
  uint32_t sign = (high(a) ^ high(b)) & SIGN32;
  if (exponent == 0x7ff || other_exponent == 0x7ff) {
    if (is_nan64(a) || is_nan64(b) || a << 1 == 0 || b << 1 == 0) return NAN64;
    return wide(sign | high(INF64), 0);
  }
  if (a << 1 == 0 || b << 1 == 0) return wide(sign, 0);
  uint64_t x = normal64(a, &exponent) << 11, y = normal64(b, &other_exponent) << 10;
  uint64_t significand = multiply_significands(x, y);
  exponent += other_exponent - 1022;
  if (high(significand) < 1u << 30) {
    significand <<= 1;
    exponent -= 1;
  }
  return round64(sign, exponent, significand);
}

uint64_t f64_div(uint64_t a, uint64_t b) {
  int32_t exponent = exponent64(a), other_exponent = exponent64(b);
  uint32_t sign = (high(a) ^ high(b)) & SIGN32;
  uint64_t infinite = wide(sign | high(INF64), 0);
  if (exponent == 0x7ff) return is_nan64(a) || other_exponent == 0x7ff ? NAN64 : infinite;
  if (other_exponent == 0x7ff) return is_nan64(b) ? NAN64 : wide(sign, 0);
  if (b << 1 == 0) return a << 1 == 0 ? NAN64 : infinite;
  if (a << 1 == 0) return wide(sign, 0);
  uint64_t x = normal64(a, &exponent), y = normal64(b, &other_exponent);
  exponent += 1023 - other_exponent;
  if (x < y) {
    x <<= 1;
    exponent -= 1;
  }
  return round64(sign, exponent, divide_significands(x, y) << 8);
}

uint64_t f64_sqrt(uint64_t a) {
  if (a << 1 == 0) return a;
  if (a >= INF64) return a == INF64 ? a : NAN64;
  int32_t exponent = exponent64(a);
  uint64_t rest = normal64(a, &exponent) << 1;
  exponent -= 1023;
  if (exponent & 1) rest <<= 1;
  /*
   * Bit by bit: `twice` is two times the root so far, and the rest is doubled where the root would be halved. While all bits of the root are above 2^32,
   * words decide.
   */
  uint32_t root_high = 0, twice_high = 0;
  for (uint32_t bit = 1u << 21; bit != 0; bit >>= 1) {
    uint32_t next = twice_high + bit;
    if (next <= high(rest)) {
      twice_high = next + bit;
      rest -= wide(next, 0);
      root_high += bit;
    }
    rest <<= 1;
  }
  uint32_t root_low = 0;
  uint64_t twice = wide(twice_high, 0);
  for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
    uint64_t next = twice + bit;
    if (next <= rest) {
      twice = next + bit;
      rest -= next;
      root_low += bit;
    }
    rest <<= 1;
  }
  return round64(0, (exponent >> 1) + 1023, wide(root_high, root_low) << 9 | (rest != 0));
}

/* Floats in their order as whole numbers, both zeros 0. */
static int64_t order64(uint64_t a) { return (int64_t)((int32_t)high(a) < 0 ? SIGN64 - a : a); }

uint32_t f64_eq(uint64_t a, uint64_t b) { return !is_nan64(a) && !is_nan64(b) && order64(a) == order64(b); }
uint32_t f64_lt(uint64_t a, uint64_t b) { return !is_nan64(a) && !is_nan64(b) && order64(a) < order64(b); }
uint32_t f64_le(uint64_t a, uint64_t b) { return !is_nan64(a) && !is_nan64(b) && order64(a) <= order64(b); }

/* Of two that are equal the bits differ only for zeros. */
uint64_t f64_min(uint64_t a, uint64_t b) {
  if (is_nan64(a) || is_nan64(b)) return NAN64;
  int64_t x = order64(a), y = order64(b);
  return x < y ? a : x > y ? b : a | b;
}

uint64_t f64_max(uint64_t a, uint64_t b) {
  if (is_nan64(a) || is_nan64(b)) return NAN64;
  int64_t x = order64(a), y = order64(b);
  return x > y ? a : x < y ? b : a & b;
}

enum direction { to_zero, down, up, to_even };

/* To a whole number. What is added before the fraction is cut off carries into the exponent where it must. */
static uint64_t whole64(uint64_t a, enum direction direction) {
  int32_t exponent = exponent64(a);
  if (exponent >= 1023 + 52) return is_nan64(a) ? NAN64 : a;
  uint32_t sign = high(a) & SIGN32;
  int away = direction == (sign ? down : up);
  if (exponent < 1023) {
    if (direction == to_even) away = a << 1 > 1022ull << 53;
    return wide(a << 1 == 0 || !away ? sign : sign | 1023u << 20, 0);
  }
  uint64_t fraction = 0xfffffffffffffu >> (exponent - 1023);
  if (away) a += fraction;
  if (direction == to_even) a += (fraction >> 1) + ((a & (fraction + 1)) != 0);
  return a & ~fraction;
}

uint64_t f64_ceil(uint64_t a) { return whole64(a, up); }
uint64_t f64_floor(uint64_t a) { return whole64(a, down); }
uint64_t f64_trunc(uint64_t a) { return whole64(a, to_zero); }
uint64_t f64_nearest(uint64_t a) { return whole64(a, to_even); }
