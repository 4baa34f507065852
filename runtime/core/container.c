#include "container.h"

#include "credit.h"
#include "event.h"
#include "gpio.h"
#include "message.h"
#include "port.h"
#include "settings.h"
#include "timer.h"

struct container containers[CONTAINERS_MAX];

/* When the event that is being handled began. */
static uint64_t event_began_us;

uint32_t need_index(const struct container *self, const struct need *need) {
  return (uint32_t)(need - description_needs(self->description));
}

static int32_t open_needs(struct container *self) {
  const struct need *needs = description_needs(self->description);
  for (uint32_t i = 0; i < self->description->need_count; i++) {
    if (!port_open(&needs[i])) return -ERROR_UNAVAILABLE;
  }
  return 0;
}

/* What was running must not go on heating: outputs become inactive. */
static void rest_pins(const struct container *self) {
  const struct need *needs = description_needs(self->description);
  for (uint32_t i = 0; i < self->description->need_count; i++) {
    if (needs[i].kind == NEED_GPIO_OUT) port_pin_write(needs[i].pins[0], needs[i].active_low != 0);
    if (needs[i].kind == NEED_PWM) port_pwm_set_duty(needs[i].pins[0], 0);
    if (needs[i].kind == NEED_GPIO_IN) gpio_update_watch(needs[i].pins[0]);
  }
}

int32_t container_load(struct container *self, const uint8_t *description, uint32_t size) {
  int32_t error = description_check(description, size);
  if (error < 0) return error;
  self->description = (const struct description *)(const void *)description;
  self->memory_bytes = self->description->memory_bytes;
  self->index = (uint8_t)(self - containers);
  self->trap = TRAP_NONE;
  self->events = self->dropped = self->missed = self->failures = 0;
  error = credit_reserve(self);
  if (error < 0) return error;
  error = open_needs(self);
  if (error < 0) {
    credit_release(self);
    return error;
  }
  self->state = CONTAINER_LOADED;
  return 0;
}

/* Takes away what the container listens to and what waits for it. */
static void silence(struct container *self) {
  bindings_remove_all(self);
  rest_pins(self);
}

static uint32_t coarse_now(void) { return (uint32_t)(port_now_us() >> 20); }

/* What comes after an end: another start, ever later, or none. */
static void plan_restart(struct container *self) {
  if (coarse_now() - self->started >= HEALTHY_S) self->failures = 0;
  self->state = ++self->failures < FAILURES_MAX ? CONTAINER_ENDED : CONTAINER_PARKED;
  if (self->state == CONTAINER_ENDED) timer_arm_restart(self, RESTART_MS << (self->failures - 1u));
}

/* What follows each call into a container. */
static void finish(struct container *self, enum trap_code code) {
  message_forget_fields();
  container_trap(self, code);
  if (self->trap == TRAP_NONE) return;
  silence(self);
  plan_restart(self);
  port_container_ended(self);
}

enum trap_code container_start(struct container *self) {
  self->trap = TRAP_NONE;
  self->started = coarse_now();
  event_began_us = port_now_us();
  uint32_t code = port_container_instantiate(self);
  self->state = CONTAINER_RUNNING;
  finish(self, code != TRAP_NONE ? code : port_container_call(self, START_ENTRY, 0));
  return (enum trap_code)self->trap;
}

void container_deliver(struct container *self, uint32_t handler, int32_t value) {
  if (handler == START_ENTRY && self->state == CONTAINER_ENDED) {
    (void)container_start(self);
    return;
  }
  self->events++;
  event_began_us = port_now_us();
  /* `start` is no handler. */
  finish(self, handler == START_ENTRY ? TRAP_BAD_INDIRECT_CALL : port_container_call(self, handler, value));
}

void container_stop(struct container *self) {
  if (self->state == CONTAINER_EMPTY) return;
  silence(self);
  settings_release(self);
  credit_release(self);
  self->state = CONTAINER_EMPTY;
}

__attribute__((noinline)) void container_trap(struct container *self, enum trap_code code) {
  if (self->trap == TRAP_NONE) self->trap = (uint8_t)code;
}

void container_check_budget(struct container *self) {
  if (port_now_us() - event_began_us > self->description->event_ms * 1000u) {
    container_trap(self, TRAP_TIME_BUDGET);
  }
}
