/* Text the core writes and reads: decimal numbers, UTF-8. */
#ifndef THIMBLE_TEXT_H
#define THIMBLE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Most decimals of a number: 2^31 has ten digits. */
#define DECIMALS_MAX 9u
/* The longest number: a sign, ten digits, a point. */
#define NUMBER_BYTES_MAX 12u

/* A buffer that is being filled. What does not fit any more is left out. */
struct text {
  uint8_t *bytes;
  uint32_t capacity;
  uint32_t length;
};

void text_byte(struct text *out, uint8_t byte);
void text_bytes(struct text *out, const uint8_t *bytes, uint32_t length);

/* Appends value / 10^decimals with exactly `decimals` (0 to 9) digits after the point. */
void text_number(struct text *out, int32_t value, uint32_t decimals);

/* Appends UTF-16 as UTF-8; a lone surrogate becomes U+FFFD. False, and cut after the last whole
   character that fits, if it does not fit. */
bool text_utf16(struct text *out, const uint16_t *units, uint32_t length) __attribute__((warn_unused_result));

/* Reads a decimal number: blanks, sign, digits with or without a point, exponent, blanks; as in JSON, but
   a plus sign, leading zeros and a point at either end are accepted too. *value becomes the number times
   10^decimals (0 to 9), rounded half away from zero. False if it is not one or does not fit 32 bits. */
bool text_parse_decimal(const uint8_t *bytes, uint32_t length, uint32_t decimals, int32_t *value)
    __attribute__((warn_unused_result));

#endif
