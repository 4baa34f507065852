#include "text.h"

void text_byte(struct text *out, uint8_t byte) {
  if (out->length < out->capacity) out->bytes[out->length++] = byte;
}

void text_bytes(struct text *out, const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) text_byte(out, bytes[i]);
}

void text_number(struct text *out, int32_t value, uint32_t decimals) {
  uint8_t digits[10]; /* last digit first */
  uint32_t count = 0;
  uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
  while (rest > 0 || count <= decimals) {
    digits[count++] = (uint8_t)('0' + rest % 10u);
    rest /= 10u;
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

static bool is_blank(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }
static bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

/* Where the digits of a number are: bytes[first] to bytes[end], with the point, if any, among them. */
struct decimal {
  const uint8_t *bytes;
  uint32_t first, end;
  int32_t whole_digits; /* digits before the point, moved by the exponent */
  bool negative;
};

/* Reads an exponent behind its `e`. Beyond 1000 nothing changes any more: a payload has fewer digits. */
static bool scan_exponent(const uint8_t *bytes, uint32_t at, uint32_t end, int32_t *exponent) {
  bool negative = at < end && bytes[at] == '-';
  if (at < end && (bytes[at] == '-' || bytes[at] == '+')) at++;
  if (at == end) return false;
  int32_t sum = 0;
  for (; at < end; at++) {
    if (!is_digit(bytes[at])) return false;
    if (sum < 1000) sum = sum * 10 + (bytes[at] - '0');
  }
  *exponent = negative ? -sum : sum;
  return true;
}

static bool scan_decimal(const uint8_t *bytes, uint32_t length, struct decimal *out) {
  uint32_t at = 0;
  uint32_t end = length;
  while (at < end && is_blank(bytes[at])) at++;
  while (end > at && is_blank(bytes[end - 1])) end--;
  out->bytes = bytes;
  out->negative = at < end && bytes[at] == '-';
  if (at < end && (bytes[at] == '-' || bytes[at] == '+')) at++;
  out->first = at;
  uint32_t digits = 0;
  int32_t whole_digits = -1;
  for (; at < end && (is_digit(bytes[at]) || bytes[at] == '.'); at++) {
    if (bytes[at] != '.') {
      digits++;
    } else if (whole_digits < 0) {
      whole_digits = (int32_t)digits;
    } else {
      return false;
    }
  }
  if (digits == 0) return false;
  out->end = at;
  int32_t exponent = 0;
  if (at < end) {
    if (bytes[at] != 'e' && bytes[at] != 'E') return false;
    if (!scan_exponent(bytes, at + 1, end, &exponent)) return false;
  }
  out->whole_digits = (whole_digits < 0 ? (int32_t)digits : whole_digits) + exponent;
  return true;
}

/* The next digit, moving *at past it and past a point; 0 behind the last one. */
static uint32_t next_digit(const struct decimal *number, uint32_t *at) {
  if (*at < number->end && number->bytes[*at] == '.') ++*at;
  return *at < number->end ? (uint32_t)(number->bytes[(*at)++] - '0') : 0;
}

bool text_parse_decimal(const uint8_t *bytes, uint32_t length, uint32_t decimals, int32_t *value) {
  struct decimal number;
  if (!scan_decimal(bytes, length, &number)) return false;
  uint32_t limit = number.negative ? 0x80000000u : 0x7FFFFFFFu;
  int32_t kept = number.whole_digits + (int32_t)decimals; /* digits left of where it is cut */
  uint32_t at = number.first;
  uint64_t sum = 0;
  for (int32_t i = 0; i < kept && (sum > 0 || at < number.end); i++) {
    sum = sum * 10u + next_digit(&number, &at);
    if (sum > limit) return false;
  }
  if (kept >= 0 && next_digit(&number, &at) >= 5) sum++;
  if (sum > limit) return false;
  uint32_t magnitude = (uint32_t)sum;
  *value = (int32_t)(number.negative ? 0u - magnitude : magnitude);
  return true;
}
