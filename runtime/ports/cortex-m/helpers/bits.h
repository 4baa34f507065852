/*
 * What the C sources of the helpers share. Floats are their bits throughout. A helper named f32_add in C is f32.add in the table.
 */
#pragma once
#include <stdint.h>

#define NAN32 0x7fc00000u
#define INF32 0x7f800000u
#define SIGN32 0x80000000u
#define NAN64 0x7ff8000000000000u
#define INF64 0x7ff0000000000000u
#define SIGN64 0x8000000000000000u

/* In integer.S. */
uint32_t i32_clz(uint32_t a);
uint32_t i64_clz(uint64_t a);
uint64_t divide_significands(uint64_t a, uint64_t b);
uint64_t multiply_significands(uint64_t a, uint64_t b);
uint32_t divide_short_significands(uint32_t a, uint32_t b);

/* In float32.c and float64.c: the float nearest to significand * 2^(exponent - bias - 30 or 62), ties to even. The significand's leading one is at
 * bit 30 or 62; bit 0 is also set if there is something below it. */
uint32_t round32(uint32_t sign, int32_t exponent, uint32_t significand);
uint64_t round64(uint32_t sign, int32_t exponent, uint64_t significand);

static inline uint32_t high(uint64_t a) { return (uint32_t)(a >> 32); }
static inline uint32_t low(uint64_t a) { return (uint32_t)a; }
static inline uint64_t wide(uint32_t high_word, uint32_t low_word) { return (uint64_t)high_word << 32 | low_word; }

static inline int is_nan32(uint32_t a) { return a << 1 > INF32 << 1; }
static inline int is_nan64(uint64_t a) { return a << 1 > INF64 << 1; }
static inline int32_t exponent32(uint32_t a) { return (int32_t)(a << 1 >> 24); }
static inline int32_t exponent64(uint64_t a) { return (int32_t)(high(a) << 1 >> 21); }
