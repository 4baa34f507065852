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

/* When a container that ended is started again, and how it proves itself when it replaces another. */
struct policy {
  uint16_t restart_ms;
  uint8_t restarts; /* in a row; then it is parked */
  uint8_t confirm;  /* 1: it has to say that it does its work */
  uint16_t trial_s;
  uint16_t trial_events; /* at least so many in the trial */
};

/* A field of the state, or an older name of one. */
struct state_record {
  uint32_t hash; /* of name and type */
  uint16_t offset;
  uint8_t bytes;
  uint8_t is_older_name;
};

struct description {
  uint16_t format; /* 1 */
  uint16_t size_bytes;
  uint32_t memory_bytes;
  uint32_t event_ms;
  uint8_t need_count;
  uint8_t setting_count;
  uint8_t state_count;
  uint8_t has_policy; /* 0 or 1; 0: a description of contract 0.1 */
  /* then struct need[need_count], struct setting[setting_count]; if it has a policy, that, a hash for each setting,
     struct state_record[state_count], by hash; then fields and texts */
};

_Static_assert(sizeof(struct need) == 20, "the layout of SPEC.md");
_Static_assert(sizeof(struct field) == 4, "the layout of SPEC.md");
_Static_assert(sizeof(struct setting) == 12, "the layout of SPEC.md");
_Static_assert(sizeof(struct policy) == 8, "the layout of SPEC.md");
_Static_assert(sizeof(struct state_record) == 8, "the layout of SPEC.md");
_Static_assert(sizeof(struct description) == 16, "the layout of SPEC.md");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "descriptions are little-endian");

/* Checks `size` untrusted bytes at `bytes` (aligned to 4). 0, or a negated error: WRONG_TYPE for a
   malformed description, TOO_LARGE for one beyond a limit of config.h. After 0, and while the bytes
   stay as they are, the functions below need no checks. */
int32_t description_check(const uint8_t *bytes, uint32_t size) __attribute__((warn_unused_result));

const struct need *description_needs(const struct description *self);
const struct setting *description_settings(const struct description *self);
/* That of a description without one is the default. */
const struct policy *description_policy(const struct description *self);
/* Of name and form, one for each setting; NULL without a policy. */
const uint32_t *description_setting_hashes(const struct description *self);
/* state_count of them; only with a policy. */
const struct state_record *description_state(const struct description *self);
const struct field *description_fields(const struct description *self, const struct need *need);
/* The text at an offset that a checked record states. */
const uint8_t *description_text(const struct description *self, uint32_t offset);
/* Whether two runs of bytes hold the same. */
bool is_equal(const void *a, const void *b, uint32_t bytes);

/* Whether two needs are the same thing outside of their containers: the same pins used in the same way, or the same topic. */
bool description_same_need(const struct description *self, const struct need *need, const struct description *other,
                           const struct need *other_need);
/* The need of `self` that is the same thing, or NULL. */
const struct need *description_find_need(const struct description *self, const struct description *other,
                                         const struct need *other_need);

#endif
