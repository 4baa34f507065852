#include "payload.h"

#include "description.h"
#include "sandbox.h"

#define MAGIC 0x626d6874u /* thmb */
#define HELPER_ABI 1u
#define PAYLOAD_BYTES_MAX (1u << 24)
#define SET_WORDS_MAX 8u

static uint32_t root_count(const struct payload *self) { return (self->roots & 1u) + (self->roots >> 1); }

static const struct description *description_of(const struct payload *self) {
  return (const struct description *)(const void *)(self + 1);
}

void payload_parts(const struct payload *self, struct parts *parts) {
  const uint8_t *end = (const uint8_t *)self + self->bytes;
  const uint8_t *sets = (const uint8_t *)(self + 1) + ((description_of(self)->size_bytes + 3u) & ~3u);
  parts->code = end - self->code_bytes;
  parts->names = parts->code - ((self->name_bytes + 3u) & ~3u);
  parts->entries = (const uint32_t *)(const void *)sets + self->host_call_words + self->helper_words;
  parts->globals = parts->entries + root_count(self) + self->entry_count;
  parts->data = parts->globals + self->global_words;
}

/* The header by itself, and that the parts add up: each sum fits, since no part has more than 2^24 bytes. */
static bool check_header(const struct payload *self, uint32_t size) {
  if (size < sizeof *self + sizeof(struct description) || self->magic != MAGIC) return false;
  if (self->format != 1 || self->cpu != 1 || self->bounds - 1u > 1 || self->helper_abi != HELPER_ABI) return false;
  if (self->bytes != size || (self->code_bytes | self->data_bytes) >= PAYLOAD_BYTES_MAX) return false;
  if (self->code_bytes == 0 || ((self->code_bytes | self->data_bytes) & 3u) != 0) return false;
  if (self->entry_count == 0 || self->state_words != 0 || self->roots > (ROOT_START | ROOT_COLLECT)) return false;
  if (self->helper_words > SET_WORDS_MAX || self->host_call_words > SET_WORDS_MAX) return false;
  struct parts parts;
  payload_parts(self, &parts);
  return (const uint8_t *)parts.data + self->data_bytes == parts.names;
}

/* Whether a set of numbers has none from `count` on. */
static bool check_set(const uint32_t *words, uint32_t length, uint32_t count) {
  for (uint32_t at = count; at < 32 * length; at++) {
    if ((words[at / 32] >> at % 32 & 1u) != 0) return false;
  }
  return true;
}

/* Functions lie in the code; the roots and entry 0 are there. */
static bool check_entries(const struct payload *self, const uint32_t *entries) {
  uint32_t needed = root_count(self) + 1;
  for (uint32_t i = 0; i < root_count(self) + self->entry_count; i++) {
    if (entries[i] == NO_ENTRY && i >= needed) continue;
    if (entries[i] >= self->code_bytes || (entries[i] & 1u) != 0) return false;
  }
  return true;
}

/* Segments are in order, apart, and inside of memory. */
static bool check_data(const uint32_t *at, const uint32_t *end, uint32_t memory_bytes) {
  uint32_t free = 0;
  while (at < end) {
    if (end - at < 2) return false;
    uint32_t address = *at++, bytes = *at++;
    if (((address | bytes) & 3u) != 0 || bytes == 0 || bytes > 4 * (uint32_t)(end - at)) return false;
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
  const uint32_t *helper_set = parts.entries - self->helper_words;
  const uint32_t *host_call_set = helper_set - self->host_call_words;
  return check_set(host_call_set, self->host_call_words, CONTRACT_FUNCTION_COUNT) &&
         check_set(helper_set, self->helper_words, (uint32_t)(helpers_code - helpers)) &&
         check_entries(self, parts.entries) &&
         check_data(parts.data, parts.data + self->data_bytes / 4, memory_bytes) &&
         self->name_bytes >= 2 && parts.names[1] <= self->name_bytes - 2;
}
