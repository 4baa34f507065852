/* What link.c asks of the core, the kernel and a chip, in the hands of the tests: each call is an SVC of its own. */
#include "container.h"
#include "link.h"
#include "port.h"
#include "swap.h"

#define ASK(name, number)         \
  __asm__(                        \
      ".text\n"                   \
      ".thumb_func\n"             \
      ".global " #name            \
      "\n" #name                  \
      ": svc #" #number           \
      "\n"                        \
      "  bx lr\n")

ASK(port_now_us, 1);
ASK(chip_link_is_read, 2);
ASK(link_name, 3);
ASK(port_reset_reason, 4);
ASK(message_route, 5);
ASK(settings_change, 6);
ASK(installed_swap, 7);

/* The index of one that stands by if it is loaded. */
#define STANDBY 126

struct container containers[CONTAINERS_MAX];

/* Each is in the place of its index. */
struct container *swap_running(uint32_t place) {
  if (place == STANDBY || place >= CONTAINERS_MAX) return NULL;
  return containers[place].state != CONTAINER_EMPTY ? &containers[place] : NULL;
}

/* Volatile, so that no compiler makes a call of itself of it. */
void *memcpy(void *to, const void *from, size_t length) {
  volatile uint8_t *bytes = to;
  for (size_t i = 0; i < length; i++) bytes[i] = ((const uint8_t *)from)[i];
  return to;
}

/* 1 to 8. */
void port_device_id(uint8_t out[8]) {
  for (uint32_t i = 0; i < 8; i++) out[i] = (uint8_t)(i + 1);
}

/* Sets what the link reads of a container, and returns it. */
struct container *set_container(uint32_t index, uint32_t state, uint32_t trap, uint32_t failures) {
  struct container *self = &containers[index];
  self->index = self->place = (uint8_t)index;
  self->state = (uint8_t)state;
  self->trap = (uint8_t)trap;
  self->failures = (uint8_t)failures;
  return self;
}

/* Of every container. */
void set_version(uint32_t version) {
  for (struct container *self = containers; self < containers + CONTAINERS_MAX; self++) self->version = (uint8_t)version;
}
