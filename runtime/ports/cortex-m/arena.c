/* Memories grow up from the start of the arena, records down from its end: both without gaps but for alignment. */
#include "arena.h"

#include <stddef.h>

extern uint8_t arena_start[], arena_end[];

/* 0 until something is taken. */
static struct arena arena;

struct arena arena_mark(void) {
  if (arena.high == 0) arena = (struct arena){(uint32_t)arena_start, (uint32_t)arena_end};
  return arena;
}

void arena_return(struct arena mark) { arena = mark; }

uint8_t *arena_take_memory(uint32_t bytes) {
  uint32_t block = 256;
  while (block < bytes) block *= 2;
  uint32_t at = (arena.low + block / 8 - 1) & -(block / 8);
  /* Anywhere in an aligned block, but not across two. */
  if ((at & (block - 1)) + bytes > block) at = (at + block - 1) & -block;
  if (at > arena.high || bytes > arena.high - at) return NULL;
  arena.low = at + bytes;
  return (uint8_t *)at;
}

void *arena_take_record(uint32_t bytes) {
  if (bytes > arena.high - arena.low) return NULL;
  arena.high -= bytes;
  return (void *)arena.high;
}
