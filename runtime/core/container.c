#include "container.h"

#include "credit.h"
#include "event.h"
#include "gpio.h"
#include "message.h"
#include "port.h"
#include "swap.h"
#include "timer.h"

struct container containers[CONTAINERS_MAX];

/* When the event that is being handled began: it lasts no longer than EVENT_MS_MAX. */
static uint32_t event_began_us;

/* What a walk does with needs: opens them, or notes or sets what is an output. */
enum act { OPEN, NOTE, SET };

/* Does so with each need that is not also one of `other`, which may be NULL. False if one could not be opened. */
static bool walk(struct container *self, const struct container *other, enum act act, uint16_t *outputs) {
  const struct description *own = self->description;
  const struct need *need = description_needs(own);
  for (const struct need *end = need + own->need_count; need < end; need++, outputs++) {
    if (other != NULL && description_find_need(other->description, own, need)) continue;
    if (act == OPEN) {
      if (!port_open(need)) return false;
    } else if (need->kind == NEED_GPIO_OUT) {
      if (act == NOTE) {
        *outputs = gpio_read(self, need);
      } else {
        gpio_write(self, need, *outputs);
      }
    } else if (need->kind == NEED_PWM) {
      if (act == NOTE) {
        *outputs = (uint16_t)port_pwm_duty(need->pins[0]);
      } else {
        port_pwm_set_duty(need->pins[0], *outputs);
      }
    }
  }
  return true;
}

/* The outputs of nobody. */
static uint16_t inactive[NEEDS_MAX];

bool container_open(struct container *self, const struct container *other) { return walk(self, other, OPEN, inactive); }

void container_note_outputs(struct container *self, uint16_t outputs[NEEDS_MAX]) { (void)walk(self, NULL, NOTE, outputs); }

void container_set_outputs(struct container *self, uint16_t outputs[NEEDS_MAX]) { (void)walk(self, NULL, SET, outputs); }

void container_close(struct container *self, const struct container *other) { (void)walk(self, other, SET, inactive); }

int32_t container_load(struct container *self, const uint8_t *description, uint32_t size,
                       const struct container *predecessor) {
  int32_t error = description_check(description, size);
  if (error < 0) return error;
  self->description = (const struct description *)(const void *)description;
  self->memory_bytes = self->description->memory_bytes;
  self->index = (uint8_t)(self - containers);
  self->place = predecessor == NULL ? self->index : predecessor->place;
  self->trap = TRAP_NONE;
  self->events = self->dropped = self->missed = self->failures = 0;
  self->confirmed = false;
  error = credit_reserve(self);
  if (error == 0 && predecessor == NULL && !container_open(self, NULL)) error = -ERROR_UNAVAILABLE;
  if (error == 0) self->state = CONTAINER_LOADED;
  return error;
}

/* What comes after an end: another start, ever later, or none. */
static void plan_restart(struct container *self) {
  if ((uint32_t)(port_now_us() >> 20) - self->started >= HEALTHY_S) self->failures = 0;
  const struct policy *policy = description_policy(self->description);
  uint32_t before = self->failures++;
  self->state = before < policy->restarts ? CONTAINER_ENDED : CONTAINER_PARKED;
  if (self->state == CONTAINER_ENDED) timer_arm_restart(self, (uint32_t)policy->restart_ms << before);
}

void container_finish(struct container *self, enum trap_code code) {
  message_end(self);
  container_trap(self, code);
  if (self->trap == TRAP_NONE || swap_back(self)) return;
  /* What was running must not go on heating. */
  bindings_remove_all(self, CHANGED_SETTING);
  container_close(self, NULL);
  plan_restart(self);
  port_container_ended(self);
}

enum trap_code container_start(struct container *self) {
  self->trap = TRAP_NONE;
  self->state_at = NO_STATE;
  uint64_t now_us = port_now_us();
  self->started = (uint32_t)(now_us >> 20);
  event_began_us = (uint32_t)now_us;
  uint32_t code = port_container_instantiate(self);
  self->state = CONTAINER_RUNNING;
  container_finish(self, code != TRAP_NONE ? code : port_container_call(self, START_ENTRY, 0));
  return (enum trap_code)self->trap;
}

void container_deliver(struct container *self, uint32_t handler, int32_t value) {
  if (handler == START_ENTRY) {
    if (self->state == CONTAINER_ENDED) {
      (void)container_start(self);
      return;
    }
    handler = UINT32_MAX; /* `start` is no handler: there is no such entry */
  }
  self->events++;
  event_began_us = (uint32_t)port_now_us();
  container_finish(self, port_container_call(self, handler, value));
}

void container_release(struct container *self, struct container *heir) {
  bindings_remove_all(self, ASLEEP);
  messages_hand_over(self, heir);
  self->state = CONTAINER_EMPTY;
  port_container_released(self);
}

void container_stop(struct container *self) {
  if (self->state == CONTAINER_EMPTY) return;
  swap_forget(self);
  container_close(self, NULL);
  container_release(self, NULL);
}

__attribute__((noinline)) void container_trap(struct container *self, enum trap_code code) {
  if (self->trap == TRAP_NONE) self->trap = (uint8_t)code;
}

bool container_is_late(const struct container *self) {
  return (uint32_t)port_now_us() - event_began_us > self->description->event_ms * 1000u;
}
