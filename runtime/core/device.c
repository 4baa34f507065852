/* The device itself: its clocks, its id, random numbers. */
#include "container.h"
#include "port.h"

uint64_t clock_micros(struct container *self) {
  (void)self;
  return port_now_us();
}

uint64_t clock_millis(struct container *self) {
  (void)self;
  return port_now_us() / 1000u;
}

int64_t clock_wall_millis(struct container *self) {
  (void)self;
  int64_t wall_ms = port_wall_ms();
  return wall_ms < 0 ? -ERROR_UNAVAILABLE : wall_ms;
}

/* PCG-XSH-RR 64/32 (M. O'Neill, 2014), one stream for each place, so that a run can be repeated and no container tells another
   what it has drawn. */
uint32_t random_next(struct container *self) {
  static uint64_t states[CONTAINERS_MAX];
  uint64_t state = states[self->place];
  if (state == 0) state = (uint64_t)self->place << 32 | port_random_seed();
  state = state * 6364136223846793005u + 1442695040888963407u;
  states[self->place] = state;
  uint32_t folded = (uint32_t)((state >> 18 ^ state) >> 27);
  uint32_t turn = (uint32_t)(state >> 59);
  return folded >> turn | folded << (-turn & 31u);
}

int32_t device_id(struct container *self, uint8_t *out, uint32_t capacity) {
  (void)self;
  if (capacity < CONTRACT_MAX_DEVICE_ID_RETURN) return -ERROR_TOO_SMALL;
  port_device_id(out);
  return CONTRACT_MAX_DEVICE_ID_RETURN;
}

uint32_t device_get_reset_reason(struct container *self) {
  (void)self;
  return port_reset_reason();
}
