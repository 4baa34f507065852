/* Text the core writes and reads: decimal numbers, UTF-8. What writes is given where the text ends so far, in a buffer
   with room for the longest there can be, and returns where it ends then. */
#ifndef THIMBLE_TEXT_H
#define THIMBLE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Most decimals of a number: 2^31 has ten digits. */
#define DECIMALS_MAX 9u
/* The longest number: a sign, ten digits, a point. */
#define NUMBER_BYTES_MAX 12u
/* The longest form of a UTF-16 unit in UTF-8; a pair has four bytes. */
#define UNIT_BYTES_MAX 3u

/* Appends bytes. */
static inline uint8_t *text_bytes(uint8_t *end, const uint8_t *bytes, uint32_t length) {
  __builtin_memcpy(end, bytes, length);
  return end + length;
}

/* Appends value / 10^decimals with exactly `decimals` (0 to 9) digits after the point: at most NUMBER_BYTES_MAX. */
uint8_t *text_number(uint8_t *end, int32_t value, uint32_t decimals);

/* Appends UTF-16 as UTF-8, at most UNIT_BYTES_MAX a unit; a lone surrogate becomes U+FFFD. */
uint8_t *text_utf16(uint8_t *end, const uint16_t *units, uint32_t length);

/* Reads a decimal number: blanks, sign, digits with or without a point, exponent, blanks; as in JSON, but
   a plus sign, leading zeros and a point at either end are accepted too. *value becomes the number times
   10^decimals (0 to 9), rounded half away from zero. False if it is not one or does not fit 32 bits.
   Precondition: text[length] is 0. */
bool text_parse_decimal(const uint8_t *text, uint32_t length, uint32_t decimals, int32_t *value)
    __attribute__((warn_unused_result));

#endif
