/* First fit. Small areas fill what the alignment of large ones leaves. */
#include "arena.h"

extern uint8_t arena_start[], arena_end[];

static uintptr_t rounded(uintptr_t value, uint32_t multiple) { return (value + multiple - 1) & -(uintptr_t)multiple; }

/* `at`, or what is behind a taken area, if the bytes from `at` on overlap it. */
static uintptr_t behind(uintptr_t at, uint32_t bytes, const struct area *taken) {
  return at < (uintptr_t)taken->end && (uintptr_t)taken->begin < at + bytes ? (uintptr_t)taken->end : at;
}

bool arena_take(struct area *self, uint32_t bytes) {
  if (bytes >> 24 != 0) return false; /* of less no sum overflows */
  /* An eighth of the least power of two that holds it and that the smallest MPU can fence. */
  uint32_t part = 32;
  while (8 * part < bytes) part *= 2;
  bytes = (uint32_t)rounded(bytes, part);
  uintptr_t at = (uintptr_t)arena_start, before;
  do {
    at = rounded(at, part);
    if ((at & (8 * part - 1)) + bytes > 8 * part) at = rounded(at, 8 * part);
    before = at;
    for (const struct container *other = containers; other < containers + CONTAINERS_MAX; other++) {
      at = behind(at, bytes, &other->memory);
      at = behind(at, bytes, &other->record);
    }
  } while (at != before);
  if (at + bytes > (uintptr_t)arena_end) return false;
  self->begin = (uint8_t *)at;
  self->end = self->begin + bytes;
  return true;
}
