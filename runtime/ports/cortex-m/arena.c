/* First fit. Records fill what the alignment of memories leaves. */
#include "arena.h"

#include <stddef.h>

#include "native.h"

extern uint8_t arena_start[], arena_end[];

/* Words, in a block that is never left. */
#define RECORD_BLOCK (1u << 31)
#define RECORD_PART 4u

/* The least power of two that holds a memory and that the smallest MPU can fence, in eighths. */
static uint32_t block_of(uint32_t bytes) {
  uint32_t block = 256;
  while (block < bytes) block *= 2;
  return block;
}

static uint32_t rounded(uint32_t value, uint32_t multiple) { return (value + multiple - 1) & -multiple; }

/* `at`, or what is behind the bytes that are taken, if those from `at` on overlap them. */
static uint32_t behind(uint32_t at, uint32_t bytes, const void *taken, uint32_t taken_bytes) {
  uint32_t begin = (uint32_t)(uintptr_t)taken, end = begin + taken_bytes;
  return begin < at + bytes && at < end ? end : at;
}

/* A multiple of `part`, not across two aligned blocks. */
static void *find(uint32_t bytes, uint32_t block, uint32_t part) {
  uint32_t end = (uint32_t)(uintptr_t)arena_end, at = (uint32_t)(uintptr_t)arena_start, before;
  do {
    at = rounded(at, part);
    if ((at & (block - 1)) + bytes > block) at = rounded(at, block);
    before = at;
    for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
      const struct container *other = &containers[i];
      const struct native *native = natives[i];
      if (native != NULL) at = behind(at, bytes, native, native_bytes(native->payload));
      if (other->memory == NULL) continue;
      at = behind(at, bytes, other->memory, rounded(other->memory_bytes, block_of(other->memory_bytes) / 8));
    }
  } while (at != before);
  return at + bytes <= end ? (void *)(uintptr_t)at : NULL;
}

uint8_t *arena_find_memory(uint32_t bytes) {
  if (bytes > (uint32_t)(arena_end - arena_start)) return NULL;
  uint32_t block = block_of(bytes), part = block / 8;
  return find(rounded(bytes, part), block, part);
}

void *arena_find_record(uint32_t bytes) { return find(bytes, RECORD_BLOCK, RECORD_PART); }
