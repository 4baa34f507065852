/* Memories grow up from the start of the arena, records down from its end: both without gaps but for alignment. */
#include "arena.h"

#include <stddef.h>

extern uint8_t arena_start[], arena_end[];

static uint8_t *low = arena_start, *high = arena_end;

uint8_t *arena_take_memory(uint32_t bytes) {
  if (bytes > (uint32_t)(high - low)) return NULL;
  uint32_t block = 256;
  while (block < bytes) block *= 2;
  uint32_t part = block / 8;
  bytes = (bytes + part - 1) & -part;
  uint32_t at = ((uint32_t)low + part - 1) & -part;
  /* Anywhere in an aligned block, but not across two. */
  if ((at & (block - 1)) + bytes > block) at = (at + block - 1) & -block;
  if (at > (uint32_t)high || bytes > (uint32_t)high - at) return NULL;
  low = (uint8_t *)at + bytes;
  return (uint8_t *)at;
}

void *arena_take_record(uint32_t bytes) {
  if (bytes > (uint32_t)(high - low)) return NULL;
  return high -= bytes;
}
