#include "text.h"

void text_byte(struct text *out, uint8_t byte) {
  if (out->length < out->capacity) out->bytes[out->length++] = byte;
}

void text_bytes(struct text *out, const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) text_byte(out, bytes[i]);
}

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

void text_number(struct text *out, int32_t value, uint32_t decimals) {
  uint8_t digits[10]; /* last digit first */
  uint32_t count = 0;
  uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  while (rest > 0 || count <= decimals) {
    uint32_t next = tenth(rest);
    digits[count++] = (uint8_t)('0' + rest - next * 10u);
    rest = next;
  }
  if (value < 0) text_byte(out, '-');
  while (count > 0) {
    if (count == decimals) text_byte(out, '.');
    text_byte(out, digits[--count]);
  }
}

static uint32_t utf8_size(uint32_t point) { return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4; }

/* Precondition: it fits. */
static void put_utf8(struct text *out, uint32_t point, uint32_t size) {
  static const uint8_t lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
  uint32_t shift = 6u * (size - 1u);
  text_byte(out, (uint8_t)(lead[size] | point >> shift));
  while (shift > 0) {
    shift -= 6u;
    text_byte(out, (uint8_t)(0x80u | (point >> shift & 0x3Fu)));
  }
}

bool text_utf16(struct text *out, const uint16_t *units, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) {
    uint32_t point = units[i];
    if (point >= 0xD800 && point < 0xE000) {
      bool paired = point < 0xDC00 && i + 1 < length && (units[i + 1] & 0xFC00u) == 0xDC00u;
      point = paired ? 0x10000u + ((point & 0x3FFu) << 10 | (units[++i] & 0x3FFu)) : 0xFFFDu;
    }
    uint32_t size = utf8_size(point);
    if (out->length + size > out->capacity) return false;
    put_utf8(out, point, size);
  }
  return true;
}

/* Bytes that are read from the front. */
struct reader {
  const uint8_t *at, *end;
};

/* Whether the next byte is one of two, which it then moves past. */
static bool take(struct reader *in, uint8_t a, uint8_t b) {
  if (in->at == in->end || (*in->at != a && *in->at != b)) return false;
  in->at++;
  return true;
}

static bool take_digit(struct reader *in, uint32_t *digit) {
  if (in->at == in->end || (uint32_t)*in->at - '0' > 9) return false;
  *digit = (uint32_t)*in->at++ - '0';
  return true;
}

static void take_blanks(struct reader *in) {
  while (take(in, ' ', '\t') || take(in, '\r', '\n')) {}
}

/* Beyond 1000 an exponent changes nothing any more: a payload has fewer digits. */
#define EXPONENT_MAX 1000

/* Moves past digits and a point. How many digits there are, and how many of them before the point. */
static uint32_t take_digits(struct reader *in, int32_t *whole) {
  uint32_t count = 0, digit;
  bool has_point = false;
  for (;;) {
    if (take_digit(in, &digit)) {
      count++;
      if (!has_point) ++*whole;
    } else if (has_point || !take(in, '.', '.')) {
      return count;
    } else {
      has_point = true;
    }
  }
}

/* Moves past an exponent, if there is one, and adds it to *whole. False if it has no digits. */
static bool take_exponent(struct reader *in, int32_t *whole) {
  if (!take(in, 'e', 'E')) return true;
  bool negative = take(in, '-', '-');
  if (!negative) (void)take(in, '+', '+');
  int32_t exponent = 0;
  uint32_t digit;
  if (!take_digit(in, &digit)) return false;
  do {
    if (exponent < EXPONENT_MAX) exponent = exponent * 10 + (int32_t)digit;
  } while (take_digit(in, &digit));
  *whole += negative ? -exponent : exponent;
  return true;
}

/* The number that the first `kept` digits make, rounded by the next one, zeros behind the last digit; more than 2^31 if it
   is greater than that. */
static uint32_t round_digits(struct reader in, int32_t kept) {
  uint32_t sum = 0, digit;
  for (; kept >= 0; kept--) {
    (void)take(&in, '.', '.');
    bool has_digit = take_digit(&in, &digit);
    if (!has_digit) digit = 0;
    if (kept == 0) return sum + (digit >= 5);
    if (!has_digit && sum == 0) return 0;
    if (sum > 0x80000000u / 10) return UINT32_MAX;
    sum = sum * 10 + digit;
    if (sum > 0x80000000u) return UINT32_MAX;
  }
  return 0;
}

bool text_parse_decimal(const uint8_t *bytes, uint32_t length, uint32_t decimals, int32_t *value) {
  struct reader in = {bytes, bytes + length};
  take_blanks(&in);
  bool negative = take(&in, '-', '-');
  if (!negative) (void)take(&in, '+', '+');
  struct reader digits = in;
  int32_t whole = 0;
  if (take_digits(&in, &whole) == 0) return false;
  digits.end = in.at;
  if (!take_exponent(&in, &whole)) return false;
  take_blanks(&in);
  if (in.at != in.end) return false;
  uint32_t magnitude = round_digits(digits, whole + (int32_t)decimals);
  if (magnitude > 0x7FFFFFFFu + negative) return false;
  *value = (int32_t)(negative ? 0u - magnitude : magnitude);
  return true;
}
