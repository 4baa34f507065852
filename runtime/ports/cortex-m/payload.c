#include "payload.h"

#include "contract.h"
#include "description.h"
#include "sandbox.h"

#define MAGIC 0x626d6874u        /* thmb */
#define KIND_MPU 0x01010001u     /* format 1, ARMv6-M; the hardware checks bounds */
#define KIND_CHECKED 0x02010001u /* the same, but the code does */
#define HELPER_ABI 1u

static uint32_t padded(uint32_t bytes) { return (bytes + 3) & ~3u; }

void payload_parts(const struct payload *self, struct parts *parts) {
  parts->code_bytes = self->code_bytes;
  parts->code = (const uint8_t *)self + self->bytes - self->code_bytes;
  parts->names = parts->code - padded(self->name_bytes);
  parts->data = (const struct segment *)(const void *)(parts->names - self->data_bytes);
  parts->globals = (const uint32_t *)parts->data - self->global_words;
  parts->entries = parts->globals - self->entry_count;
  parts->roots = parts->entries - (self->roots & ROOT_START) - self->roots / ROOT_COLLECT;
}

/* The header by itself. Sizes below 2^24 and 2^16: no sum of them overflows. */
static bool check_header(const struct payload *self, uint32_t size) {
  return size >= sizeof *self + sizeof(struct description) && self->magic == MAGIC &&
         (self->kind == KIND_MPU || self->kind == KIND_CHECKED) && self->bytes == size &&
         ((self->code_bytes | self->data_bytes) & 0xff000003u) == 0 && self->entry_count != 0 && self->state_words == 0 &&
         self->helper_abi == HELPER_ABI && self->roots <= (ROOT_START | ROOT_COLLECT);
}

/* Whether a set of numbers has none from `count` on. */
static __attribute__((noinline)) bool check_set(const uint32_t *words, uint32_t length, uint32_t count) {
  for (; count < 32 * length; count++) {
    if ((words[count / 32] >> count % 32 & 1u) != 0) return false;
  }
  return true;
}

/* Functions lie in the code, so there is some; the roots and entry 0 are there. */
static bool check_entries(const struct parts *parts) {
  for (const uint32_t *at = parts->roots; at < parts->globals; at++) {
    if (*at == NO_ENTRY && at > parts->entries) continue;
    if (*at >= parts->code_bytes || (*at & 1u) != 0) return false;
  }
  return true;
}

/* Segments are not empty, in order, apart, and inside of memory. */
static bool check_data(const struct parts *parts, uint32_t memory_bytes) {
  const struct segment *at = parts->data;
  uint32_t left, free = 0;
  while ((left = (uint32_t)(parts->names - (const uint8_t *)at)) >= sizeof *at) {
    if (((at->address | at->bytes) & 3u) != 0 || at->bytes - 1 >= left - sizeof *at) return false;
    if (at->address < free || at->address > memory_bytes || at->bytes > memory_bytes - at->address) return false;
    free = at->address + at->bytes;
    at = segment_after(at);
  }
  return left == 0;
}

bool payload_check(const struct payload *self, uint32_t size, uint32_t memory_bytes) {
  struct parts parts;
  if (!check_header(self, size)) return false;
  payload_parts(self, &parts);
  const struct description *description = (const struct description *)(const void *)(self + 1);
  const uint32_t *helper_set = parts.roots - self->helper_words;
  const uint32_t *host_call_set = helper_set - self->host_call_words;
  /* The parts add up: what is found from the end on begins where the description ends. */
  return (const uint8_t *)host_call_set == (const uint8_t *)description + padded(description->size_bytes) &&
         check_set(host_call_set, self->host_call_words, CONTRACT_FUNCTION_COUNT) &&
         check_set(helper_set, self->helper_words, (uint32_t)(helpers_code - helpers)) && check_entries(&parts) &&
         check_data(&parts, memory_bytes) && parts.names[1] + 2u <= self->name_bytes;
}
