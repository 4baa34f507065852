/* The state of an app: the one object that moves into its next version. */
#include "container.h"
#include "port.h"
#include "swap.h"

/* Copies a field from the source's state. */
static void move(struct container *self, const struct state_record *to, struct container *source,
                 const struct state_record *from) {
  uint32_t offset = self->state_at + to->offset;
  const void *value = port_memory_in(source, source->state_at + from->offset, to->bytes);
  void *out = port_memory_out(self, offset, to->bytes);
  __builtin_memcpy(out, value, to->bytes);
  port_memory_out_done(self, to->bytes);
}

/* Moves the fields whose names of this kind the source has as names of its own, but not those in `moved`, a bit for each
   offset. Both lists are in the order of their hashes. Returns how many. */
static uint32_t move_all(struct container *self, struct container *source, bool older_names,
                         uint8_t moved[STATE_BYTES_MAX / 8]) {
  const struct state_record *to = description_state(self->description);
  const struct state_record *from = description_state(source->description);
  const struct state_record *to_end = to + self->description->state_count;
  const struct state_record *from_end = from + source->description->state_count;
  uint32_t count = 0;
  while (to < to_end && from < from_end) {
    if (to->hash > from->hash || from->is_older_name) {
      from++;
    } else if (to->hash < from->hash || to->is_older_name != older_names || to->bytes != from->bytes) {
      to++;
    } else {
      uint8_t *bits = &moved[to->offset / 8];
      uint8_t bit = (uint8_t)(1u << to->offset % 8);
      if ((*bits & bit) == 0) {
        move(self, to, source, from);
        *bits |= bit;
        count++;
      }
      to++, from++;
    }
  }
  return count;
}

/* Whether all fields lie in an object of so many bytes. */
static bool fits(const struct description *description, uint32_t bytes) {
  const struct state_record *record = description_state(description);
  for (uint32_t i = 0; i < description->state_count; i++, record++) {
    if (record->offset + record->bytes > bytes) return false;
  }
  return true;
}

uint32_t state_bind(struct container *self, uint32_t state, uint32_t state_length) {
  const struct description *own = self->description;
  if (self->state_at != NO_STATE || own->state_count == 0 || !fits(own, state_length)) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return 0;
  }
  self->state_at = state;
  struct container *source = swap_replaced();
  if (source == NULL || source->state != CONTAINER_RUNNING || source->state_at == NO_STATE) return 0;
  uint8_t moved[STATE_BYTES_MAX / 8];
  __builtin_memset(moved, 0, sizeof moved);
  uint32_t count = move_all(self, source, false, moved);
  return count + move_all(self, source, true, moved);
}
