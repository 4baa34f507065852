#include "text.h"

/* Shifts and additions: a Cortex-M0+ does not divide. The estimate is exact or one too low (H. S. Warren, Hacker's
   Delight, 10-17). */
static uint32_t tenth(uint32_t n) {
  uint32_t tenth = (n >> 1) + (n >> 2);
  tenth += tenth >> 4;
  tenth += tenth >> 8;
  tenth += tenth >> 16;
  tenth >>= 3;
  return tenth + (n - tenth * 10u > 9u);
}

uint8_t *text_number(uint8_t *end, int32_t value, uint32_t decimals) {
  uint8_t digits[10]; /* last digit first */
  uint32_t count = 0;
  uint32_t rest = (uint32_t)value;
  if (value < 0) {
    *end++ = '-';
    rest = 0u - rest;
  }
  while (rest > 0 || count <= decimals) {
    uint32_t next = tenth(rest);
    digits[count++] = (uint8_t)('0' + rest - next * 10u);
    rest = next;
  }
  while (count > 0) {
    if (count == decimals) *end++ = '.';
    *end++ = digits[--count];
  }
  return end;
}

static uint8_t *put_utf8(uint8_t *end, uint32_t point) {
  uint32_t head = 0, shift = 0;
  if (point >= 0x80) head = 0xC0, shift = 6;
  if (point >= 0x800) head = 0xE0, shift = 12;
  if (point >= 0x10000) head = 0xF0, shift = 18;
  *end++ = (uint8_t)(head | point >> shift);
  while (shift > 0) {
    shift -= 6u;
    *end++ = (uint8_t)(0x80u | (point >> shift & 0x3Fu));
  }
  return end;
}

uint8_t *text_utf16(uint8_t *end, const uint16_t *units, uint32_t length) {
  const uint16_t *units_end = units + length;
  while (units < units_end) {
    uint32_t point = *units++;
    if (point >> 11 == 0xD800 >> 11) {
      if (point >> 10 == 0xD800 >> 10 && units < units_end && *units >> 10 == 0xDC00 >> 10) {
        point = (point << 10) + *units++ - ((0xD800u << 10) + 0xDC00u - 0x10000u);
      } else {
        point = 0xFFFD;
      }
    }
    end = put_utf8(end, point);
  }
  return end;
}

static const uint8_t *skip_blanks(const uint8_t *at) {
  while (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n') at++;
  return at;
}

/* A number times a power of ten: its whole part, the digit behind the point (what comes later does not change how it is
   rounded), and how often it is still to be multiplied by ten. */
struct decimal {
  uint32_t whole, next;
  int32_t tens;
};

/* Multiplies by ten, with this digit behind the point. False, and nothing done, if it would become greater than 2^31. */
static bool shift_in(struct decimal *number, uint32_t digit) {
  if (number->whole > 0x80000000u / 10) return false;
  number->whole = number->whole * 10 + number->next;
  number->next = digit;
  number->tens--;
  return true;
}

/* Multiplies or divides by ten as often as is still to be done. False if it becomes greater than 2^31. */
static bool scale(struct decimal *number) {
  while (number->tens != 0 && (number->whole | number->next) != 0) {
    if (number->tens > 0) {
      if (!shift_in(number, 0)) return false;
    } else {
      uint32_t whole = tenth(number->whole);
      number->next = number->whole - whole * 10u;
      number->whole = whole;
      number->tens++;
    }
  }
  return true;
}

/* Beyond 1000 an exponent changes nothing any more: a payload has fewer digits. */
#define EXPONENT_MAX 1000

/* What follows the last byte is none of what each step looks for, so it ends there at the latest. */
bool text_parse_decimal(const uint8_t *text, uint32_t length, uint32_t decimals, int32_t *value) {
  struct decimal number = {0, 0, 1 + (int32_t)decimals}; /* its first digit is put behind the point */
  const uint8_t *at = skip_blanks(text);
  uint32_t sign = *at;
  if (sign == '-' || sign == '+') at++;
  const uint8_t *start = at;
  uint32_t points = 0;
  for (;; at++) {
    uint32_t digit = *at - (uint32_t)'0';
    if (digit <= 9) {
      number.tens += !points;
      (void)shift_in(&number, digit);
    } else if (points != 0 || *at != '.') {
      break;
    } else {
      points = 1;
    }
  }
  if (at == start + points) return false; /* no digit */
  if ((*at | 0x20u) == 'e') {
    uint32_t exponent_sign = *++at;
    if (exponent_sign == '-' || exponent_sign == '+') at++;
    int32_t exponent = 0;
    const uint8_t *digits = at;
    for (; *at - (uint32_t)'0' <= 9; at++) {
      if (exponent < EXPONENT_MAX) exponent = exponent * 10 + (*at - '0');
    }
    if (at == digits) return false;
    number.tens += exponent_sign == '-' ? -exponent : exponent;
  }
  if (skip_blanks(at) != text + length || !scale(&number)) return false;
  uint32_t magnitude = number.whole + (number.next >= 5);
  bool negative = sign == '-';
  if (magnitude > 0x7FFFFFFFu + negative) return false;
  *value = (int32_t)(negative ? 0u - magnitude : magnitude);
  return true;
}
