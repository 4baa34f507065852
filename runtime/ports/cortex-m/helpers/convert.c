/* Between the types: rounding to nearest, ties to even, where a float cannot hold the value; saturating where a whole number cannot. */
#include "bits.h"

/* The sum of the bias and the highest bit of a whole number that is to fill a significand. */
enum { top32_of_f32 = 127 + 31, top64_of_f32 = 127 + 63, top32_of_f64 = 1023 + 31, top64_of_f64 = 1023 + 63 };

/* Magnitudes by their highest 32 or 64 bits, the first of them set if the value is 1 at least. */
static inline uint32_t magnitude32(uint32_t a) { return a << 8 | SIGN32; }
static inline uint64_t magnitude64(uint64_t a) { return a << 11 | SIGN64; }

uint32_t i32_trunc_sat_f32_s(uint32_t a) {
  int32_t exponent = exponent32(a);
  uint32_t sign = a >> 31;
  if (exponent < 127) return 0;
  if (exponent >= top32_of_f32) return is_nan32(a) ? 0 : 0x7fffffff + sign;
  uint32_t magnitude = magnitude32(a) >> (top32_of_f32 - exponent);
  return sign ? -magnitude : magnitude;
}

uint32_t i32_trunc_sat_f32_u(uint32_t a) {
  int32_t exponent = exponent32(a);
  if (exponent < 127 || a >> 31) return 0;
  if (exponent > top32_of_f32) return is_nan32(a) ? 0 : UINT32_MAX;
  return magnitude32(a) >> (top32_of_f32 - exponent);
}

uint64_t i64_trunc_sat_f32_s(uint32_t a) {
  int32_t exponent = exponent32(a);
  uint32_t sign = a >> 31;
  if (exponent < 127) return 0;
  if (exponent >= top64_of_f32) return is_nan32(a) ? 0 : INT64_MAX + (uint64_t)sign;
  uint64_t magnitude = wide(magnitude32(a), 0) >> (top64_of_f32 - exponent);
  return sign ? -magnitude : magnitude;
}

uint64_t i64_trunc_sat_f32_u(uint32_t a) {
  int32_t exponent = exponent32(a);
  if (exponent < 127 || a >> 31) return 0;
  if (exponent > top64_of_f32) return is_nan32(a) ? 0 : UINT64_MAX;
  return wide(magnitude32(a), 0) >> (top64_of_f32 - exponent);
}

uint32_t i32_trunc_sat_f64_s(uint64_t a) {
  int32_t exponent = exponent64(a);
  uint32_t sign = high(a) >> 31;
  if (exponent < 1023) return 0;
  if (exponent >= top32_of_f64) return is_nan64(a) ? 0 : 0x7fffffff + sign;
  uint32_t magnitude = high(magnitude64(a)) >> (top32_of_f64 - exponent);
  return sign ? -magnitude : magnitude;
}

uint32_t i32_trunc_sat_f64_u(uint64_t a) {
  int32_t exponent = exponent64(a);
  if (exponent < 1023 || high(a) >> 31) return 0;
  if (exponent > top32_of_f64) return is_nan64(a) ? 0 : UINT32_MAX;
  return high(magnitude64(a)) >> (top32_of_f64 - exponent);
}

uint64_t i64_trunc_sat_f64_s(uint64_t a) {
  int32_t exponent = exponent64(a);
  uint32_t sign = high(a) >> 31;
  if (exponent < 1023) return 0;
  if (exponent >= top64_of_f64) return is_nan64(a) ? 0 : INT64_MAX + (uint64_t)sign;
  uint64_t magnitude = magnitude64(a) >> (top64_of_f64 - exponent);
  return sign ? -magnitude : magnitude;
}

uint64_t i64_trunc_sat_f64_u(uint64_t a) {
  int32_t exponent = exponent64(a);
  if (exponent < 1023 || high(a) >> 31) return 0;
  if (exponent > top64_of_f64) return is_nan64(a) ? 0 : UINT64_MAX;
  return magnitude64(a) >> (top64_of_f64 - exponent);
}

static uint32_t f32_of_magnitude32(uint32_t sign, uint32_t magnitude) {
  if (magnitude == 0) return 0;
  uint32_t zeros = i32_clz(magnitude);
  magnitude <<= zeros;
  return round32(sign, top32_of_f32 - (int32_t)zeros, magnitude >> 1 | (magnitude & 1));
}

uint32_t f32_convert_i32_u(uint32_t a) { return f32_of_magnitude32(0, a); }

uint32_t f32_convert_i32_s(uint32_t a) { return f32_of_magnitude32(a & SIGN32, a >> 31 ? -a : a); }

static uint32_t f32_of_magnitude64(uint32_t sign, uint64_t magnitude) {
  if (magnitude == 0) return 0;
  uint32_t zeros = i64_clz(magnitude);
  magnitude <<= zeros;
  uint32_t significand = high(magnitude) >> 1 | (high(magnitude) & 1) | (low(magnitude) != 0);
  return round32(sign, top64_of_f32 - (int32_t)zeros, significand);
}

uint32_t f32_convert_i64_u(uint64_t a) { return f32_of_magnitude64(0, a); }

uint32_t f32_convert_i64_s(uint64_t a) {
  return f32_of_magnitude64(high(a) & SIGN32, high(a) >> 31 ? -a : a);
}

static uint64_t f64_of_magnitude(uint32_t sign, uint64_t magnitude) {
  if (magnitude == 0) return 0;
  uint32_t zeros = i64_clz(magnitude);
  magnitude <<= zeros;
  return round64(sign, top64_of_f64 - (int32_t)zeros, magnitude >> 1 | (low(magnitude) & 1));
}

uint64_t f64_convert_i32_u(uint32_t a) { return f64_of_magnitude(0, a); }

uint64_t f64_convert_i32_s(uint32_t a) { return f64_of_magnitude(a & SIGN32, a >> 31 ? -a : a); }

uint64_t f64_convert_i64_u(uint64_t a) { return f64_of_magnitude(0, a); }

uint64_t f64_convert_i64_s(uint64_t a) {
  return f64_of_magnitude(high(a) & SIGN32, high(a) >> 31 ? -a : a);
}

uint32_t f32_demote_f64(uint64_t a) {
  int32_t exponent = exponent64(a);
  uint32_t sign = high(a) & SIGN32;
  if (exponent == 0x7ff) return is_nan64(a) ? NAN32 : sign | INF32;
  /* What is denormal in binary64 is nothing in binary32. */
  if (exponent == 0) return sign;
  uint64_t magnitude = magnitude64(a);
  uint32_t significand = high(magnitude) >> 1 | (high(magnitude) & 1) | (low(magnitude) != 0);
  return round32(sign, exponent - 1023 + 127, significand);
}

uint64_t f64_promote_f32(uint32_t a) {
  int32_t exponent = exponent32(a);
  uint32_t sign = a & SIGN32, fraction = a & 0x7fffff;
  if (exponent == 0xff) return is_nan32(a) ? NAN64 : wide(sign | high(INF64), 0);
  if (exponent == 0) {
    if (fraction == 0) return wide(sign, 0);
    uint32_t zeros = i32_clz(fraction) - 8;
    fraction = fraction << zeros & 0x7fffff;
    exponent = 1 - (int32_t)zeros;
  }
  return wide(sign | (uint32_t)(exponent + 1023 - 127) << 20 | fraction >> 3, fraction << 29);
}

static uint32_t ones_in_nibbles(uint32_t a) {
  a -= a >> 1 & 0x55555555;
  return (a & 0x33333333) + (a >> 2 & 0x33333333);
}

static uint32_t sum_of_bytes(uint32_t a) { return a * 0x01010101 >> 24; }

uint32_t i32_popcnt(uint32_t a) {
  uint32_t nibbles = ones_in_nibbles(a);
  return sum_of_bytes((nibbles + (nibbles >> 4)) & 0x0f0f0f0f);
}

uint32_t i64_popcnt(uint64_t a) {
  uint32_t nibbles = ones_in_nibbles(low(a)) + ones_in_nibbles(high(a));
  return sum_of_bytes((nibbles & 0x0f0f0f0f) + (nibbles >> 4 & 0x0f0f0f0f));
}
