/* A container as it lies in flash: SPEC.md section 4. */
#ifndef THIMBLE_PAYLOAD_H
#define THIMBLE_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

/* The place in the table of a handler that must not be called. */
#define NO_ENTRY 0xffffffffu
/* `stack_words` of code without a bound. */
#define STACK_UNKNOWN 0xffffu

enum { ROOT_START = 1, ROOT_COLLECT = 2 };

struct payload {
  uint32_t magic;
  uint32_t kind; /* format, CPU, bounds */
  uint32_t bytes;
  uint32_t code_bytes;
  uint32_t data_bytes;
  uint16_t contract[3];
  uint16_t stack_words;
  uint16_t entry_count;
  uint16_t global_words;
  uint16_t name_bytes;
  uint16_t state_words;
  uint8_t helper_abi;
  uint8_t helper_words;
  uint8_t host_call_words;
  uint8_t roots;
  uint8_t map_sha256[32];
  /* then the parts, each in whole words */
};

_Static_assert(sizeof(struct payload) == 72, "the layout of SPEC.md");

/* What a part of memory begins with. Both numbers are multiples of 4. */
struct segment {
  uint32_t address, bytes;
  uint32_t words[];
};

/* The next one, or the end of the data. */
static inline const struct segment *segment_after(const struct segment *self) {
  return (const struct segment *)(const void *)((const uint8_t *)self->words + self->bytes);
}

/* Where the parts lie, found from the end on. */
struct parts {
  const uint8_t *code;
  uint32_t code_bytes;
  const uint8_t *names;
  const struct segment *data; /* up to the names */
  const uint32_t *globals;
  const uint32_t *entries; /* of handlers */
  const uint32_t *roots;   /* those that are there, `collect` last, right before the entries */
};

void payload_parts(const struct payload *self, struct parts *parts);

/* Whether `size` untrusted bytes, aligned to 4, are a payload that this device can run in a memory of so many bytes. Nothing
   that it states is believed before: after that, and while the bytes stay, everything is inside of them. */
bool payload_check(const struct payload *self, uint32_t size, uint32_t memory_bytes) __attribute__((warn_unused_result));

#endif
