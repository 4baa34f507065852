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
  if (point < 0x80) {
    *end++ = (uint8_t)point;
    return end;
  }
  uint32_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  uint32_t shift = 6u * (size - 1u);
  *end++ = (uint8_t)(0xF00u >> size | point >> shift); /* as many ones as there are bytes */
  while (shift > 0) {
    shift -= 6u;
    *end++ = (uint8_t)(0x80u | (point >> shift & 0x3Fu));
  }
  return end;
}

uint8_t *text_utf16(uint8_t *end, const uint16_t *units, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) {
    uint32_t point = units[i];
    if (point >= 0xD800 && point < 0xE000) {
      bool paired = point < 0xDC00 && i + 1 < length && (units[i + 1] & 0xFC00u) == 0xDC00u;
      point = paired ? 0x10000u + ((point & 0x3FFu) << 10 | (units[++i] & 0x3FFu)) : 0xFFFDu;
    }
    end = put_utf8(end, point);
  }
  return end;
}

/* Bytes that are read from the front. */
struct reader {
  const uint8_t *at, *end;
};

/* The next byte if it is one of two, which it then moves past; else 0. */
static uint32_t take(struct reader *in, uint32_t a, uint32_t b) {
  if (in->at == in->end || (*in->at != a && *in->at != b)) return 0;
  return *in->at++;
}

/* The next byte's digit, which it then moves past, or more than 9. */
static uint32_t take_digit(struct reader *in) {
  uint32_t digit = in->at == in->end ? 10 : (uint32_t)*in->at - '0';
  if (digit <= 9) in->at++;
  return digit;
}

static void take_blanks(struct reader *in) {
  while (take(in, ' ', '\t') || take(in, '\r', '\n')) {}
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

/* Moves past digits and a point. False if there is no digit. */
static bool take_digits(struct reader *in, struct decimal *number) {
  bool has_digit = false, has_point = false;
  for (;;) {
    uint32_t digit = take_digit(in);
    if (digit <= 9) {
      has_digit = true;
      number->tens += !has_point;
      (void)shift_in(number, digit);
    } else if (has_point || !take(in, '.', '.')) {
      return has_digit;
    } else {
      has_point = true;
    }
  }
}

/* Beyond 1000 an exponent changes nothing any more: a payload has fewer digits. */
#define EXPONENT_MAX 1000

/* Moves past an exponent, if there is one. False if it has no digits. */
static bool take_exponent(struct reader *in, struct decimal *number) {
  if (!take(in, 'e', 'E')) return true;
  bool negative = take(in, '-', '+') == '-';
  int32_t exponent = 0;
  uint32_t digit = take_digit(in);
  if (digit > 9) return false;
  for (; digit <= 9; digit = take_digit(in)) {
    if (exponent < EXPONENT_MAX) exponent = exponent * 10 + (int32_t)digit;
  }
  number->tens += negative ? -exponent : exponent;
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

bool text_parse_decimal(const uint8_t *bytes, uint32_t length, uint32_t decimals, int32_t *value) {
  struct reader in = {bytes, bytes + length};
  struct decimal number = {0, 0, 1 + (int32_t)decimals}; /* its first digit is put behind the point */
  take_blanks(&in);
  bool negative = take(&in, '-', '+') == '-';
  if (!take_digits(&in, &number) || !take_exponent(&in, &number)) return false;
  take_blanks(&in);
  if (in.at != in.end || !scale(&number)) return false;
  uint32_t magnitude = number.whole + (number.next >= 5);
  if (magnitude > 0x7FFFFFFFu + negative) return false;
  *value = (int32_t)(negative ? 0u - magnitude : magnitude);
  return true;
}
