/* What a container says about itself and what its needs are wired to: bytes that the core reads in
   place, on a chip in flash. SPEC.md section 3, "Description", states the layout. */
#ifndef THIMBLE_DESCRIPTION_H
#define THIMBLE_DESCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

enum pull { PULL_NONE, PULL_UP, PULL_DOWN };

/* A need and its connection. A handle is a position in this table. */
struct need {
  uint8_t kind;         /* enum need_kind */
  uint8_t mode;         /* spi: 0 to 3 */
  uint8_t active_low;   /* gpio: 0 or 1 */
  uint8_t pull;         /* gpio: enum pull */
  uint8_t unit;         /* number of the i2c or spi bus, of the serial port, of the ADC input */
  uint8_t address;      /* i2c: 7-bit, right-aligned */
  uint8_t topic_length; /* publish, subscribe */
  uint8_t field_count;  /* publish */
  uint8_t pins[4];      /* gpio, pwm, adc: pin. i2c: sda, scl. spi: sck, mosi, miso, cs. uart: tx, rx */
  uint32_t hertz;       /* i2c, spi; uart: baud */
  uint16_t topic;       /* offset of the topic in the description */
  uint16_t fields;      /* offset of the first struct field, a multiple of 4 */
};

/* One number of a structured message. */
struct field {
  uint16_t name; /* offset */
  uint8_t name_length;
  uint8_t decimals;
};

struct setting {
  int32_t initial, min, max;
};

struct description {
  uint16_t format; /* 1 */
  uint16_t size_bytes;
  uint32_t memory_bytes;
  uint32_t event_ms;
  uint8_t need_count;
  uint8_t setting_count;
  uint16_t reserved; /* 0 */
  /* then struct need[need_count], struct setting[setting_count], then fields and texts */
};

_Static_assert(sizeof(struct need) == 20, "the layout of SPEC.md");
_Static_assert(sizeof(struct field) == 4, "the layout of SPEC.md");
_Static_assert(sizeof(struct setting) == 12, "the layout of SPEC.md");
_Static_assert(sizeof(struct description) == 16, "the layout of SPEC.md");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "descriptions are little-endian");

/* Checks `size` untrusted bytes at `bytes` (aligned to 4). 0, or a negated error: WRONG_TYPE for a
   malformed description, TOO_LARGE for one beyond a limit of config.h. After 0, and while the bytes
   stay as they are, the functions below need no checks. */
int32_t description_check(const uint8_t *bytes, uint32_t size) __attribute__((warn_unused_result));

const struct need *description_needs(const struct description *self);
const struct setting *description_settings(const struct description *self);
const struct field *description_fields(const struct description *self, const struct need *need);
/* The text at an offset that a checked record states. */
const uint8_t *description_text(const struct description *self, uint32_t offset);

#endif
