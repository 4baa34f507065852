#include "payload.h"

#include "contract.h"
#include "description.h"
#include "sandbox.h"

#define MAGIC 0x626d6874u        /* thmb */
#define KIND_MPU 0x01010001u     /* format 1, ARMv6-M; the hardware checks bounds */
#define KIND_CHECKED 0x02010001u /* the same, but the code does */
#define HELPER_ABI 1u

static uint32_t padded(uint32_t bytes) { return (bytes + 3) & ~3u; }

static const uint32_t *roots_of(const struct payload *self, const struct parts *parts) {
  return parts->entries - (self->roots & 1u) - (self->roots >> 1);
}

void payload_parts(const struct payload *self, struct parts *parts) {
  parts->code = (const uint8_t *)self + self->bytes - self->code_bytes;
  parts->names = parts->code - padded(self->name_bytes);
  parts->data = (const uint32_t *)(const void *)(parts->names - self->data_bytes);
  parts->globals = parts->data - self->global_words;
  parts->entries = parts->globals - self->entry_count;
}

/* The header by itself. Sizes below 2^24 and 2^16: no sum of them overflows. */
static bool check_header(const struct payload *self, uint32_t size) {
  return size >= sizeof *self + sizeof(struct description) && self->magic == MAGIC &&
         (self->kind == KIND_MPU || self->kind == KIND_CHECKED) && self->bytes == size && self->code_bytes != 0 &&
         ((self->code_bytes | self->data_bytes) & 0xff000003u) == 0 && self->entry_count != 0 && self->state_words == 0 &&
         self->helper_abi == HELPER_ABI && self->roots <= (ROOT_START | ROOT_COLLECT);
}

/* Whether a set of numbers has none from `count` on. */
static bool check_set(const uint32_t *words, uint32_t length, uint32_t count) {
  for (; count < 32 * length; count++) {
    if ((words[count / 32] >> count % 32 & 1u) != 0) return false;
  }
  return true;
}

/* Functions lie in the code; the roots and entry 0 are there. */
static bool check_entries(const struct payload *self, const struct parts *parts) {
  for (const uint32_t *at = roots_of(self, parts); at < parts->globals; at++) {
    if (*at == NO_ENTRY && at > parts->entries) continue;
    if (*at >= self->code_bytes || (*at & 1u) != 0) return false;
  }
  return true;
}

/* Segments are in order, apart, and inside of memory. */
static bool check_data(const struct parts *parts, uint32_t memory_bytes) {
  const uint32_t *at = parts->data, *end = (const uint32_t *)(const void *)parts->names;
  uint32_t free = 0;
  while (at < end) {
    uint32_t address = *at++, bytes = at < end ? *at++ : 0;
    if (((address | bytes) & 3u) != 0 || bytes == 0 || bytes > (uint32_t)(end - at) * 4) return false;
    if (address < free || address > memory_bytes || bytes > memory_bytes - address) return false;
    at += bytes / 4;
    free = address + bytes;
  }
  return true;
}

bool payload_check(const struct payload *self, uint32_t size, uint32_t memory_bytes) {
  struct parts parts;
  if (!check_header(self, size)) return false;
  payload_parts(self, &parts);
  const struct description *description = (const struct description *)(const void *)(self + 1);
  const uint32_t *helper_set = roots_of(self, &parts) - self->helper_words;
  const uint32_t *host_call_set = helper_set - self->host_call_words;
  /* The parts add up: what is found from the end on begins where the description ends. */
  return (const uint8_t *)host_call_set == (const uint8_t *)description + padded(description->size_bytes) &&
         check_set(host_call_set, self->host_call_words, CONTRACT_FUNCTION_COUNT) &&
         check_set(helper_set, self->helper_words, (uint32_t)(helpers_code - helpers)) && check_entries(self, &parts) &&
         check_data(&parts, memory_bytes) && parts.names[1] + 2u <= self->name_bytes;
}
