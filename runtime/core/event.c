#include "event.h"

#include "gpio.h"
#include "message.h"
#include "port.h"
#include "swap.h"
#include "timer.h"

/* Places for all that is set aside, for a trial more while a version on trial is replaced, and for the end. */
struct binding bindings[BINDINGS_MAX + EVENTS_MAX + OVERRIDES_MAX + TRIALS_MAX + 1 + 1];

struct binding *binding_find(const struct container *self, uint32_t source, uintptr_t subject) {
  for (struct binding *binding = bindings; binding->owner != NULL; binding++) {
    if (binding->subject == subject && binding->owner == self && binding->source == source) return binding;
  }
  return NULL;
}

/* Apart: it is larger than a call of it. */
__attribute__((noinline)) struct binding *binding_add(struct container *self, uint32_t source, uintptr_t subject,
                                                      uint32_t value) {
  struct binding *binding = bindings;
  while (binding->owner != NULL) binding++;
  binding->due_us = NEVER;
  binding->owner = self;
  binding->source = (uint8_t)source;
  binding->subject = subject;
  binding->value = value;
  return binding;
}

/* Closes the gap that an entry leaves. */
static void take(struct binding *binding) {
  for (; binding->owner != NULL; binding++) *binding = binding[1];
}

void binding_remove(struct binding *binding) {
  struct container *self = binding->owner;
  if (binding->source & EVENT) {
    self->waiting--;
  } else {
    self->bindings--;
  }
  take(binding);
}

void binding_cancel(const struct container *self, uint32_t source, uintptr_t subject) {
  for (struct binding *binding = bindings; binding->owner != NULL;) {
    if (binding->owner == self && binding->subject == subject && (binding->source ^ source) <= EVENT) {
      binding_remove(binding);
    } else {
      binding++;
    }
  }
}

struct binding *binding_claim(struct container *self, uint32_t source, uintptr_t subject, uint32_t value) {
  /* Always new ones: the age of a timer is that of its arming, and what a watch has queued was for its edges and its handler. */
  struct binding *binding = NULL;
  if (source <= SOURCE_PIN) {
    binding_cancel(self, source, subject);
  } else {
    binding = binding_find(self, source, subject);
  }
  if (binding == NULL) {
    if (self->bindings == self->credit.bindings) {
      container_trap(self, TRAP_TOO_MANY_BINDINGS);
      return NULL;
    }
    self->bindings++;
    binding = binding_add(self, source, subject, value);
  }
  binding->value = value;
  return binding;
}

void bindings_remove_all(struct container *self, uint32_t end) {
  for (struct binding *binding = bindings; binding->owner != NULL;) {
    uint32_t source = binding->source % ASLEEP;
    if (binding->owner != self || source >= end) {
      binding++;
      continue;
    }
    if (source == (SOURCE_MESSAGE | EVENT)) message_release(self, (uint8_t)binding->value);
    take(binding);
  }
  self->bindings = self->waiting = 0;
}

bool event_post(struct binding *binding, uint32_t value, uint64_t due_us) {
  struct container *self = binding->owner;
  if (self->waiting == self->credit.events) {
    self->dropped++;
    return false;
  }
  self->waiting++;
  binding_add(self, binding->source | EVENT, binding->subject, value)->due_us = due_us;
  return true;
}

/* The need of `other` that is what a binding, or an event, is about, or NULL. */
static const struct need *need_of(const struct container *other, const struct binding *binding) {
  return description_find_need(other->description, binding->owner->description, binding_need(binding));
}

void watch_inherit(struct binding *watch, const struct container *other) {
  if (other == NULL) return;
  const struct binding *before = binding_find(other, ASLEEP | SOURCE_PIN, (uintptr_t)need_of(other, watch));
  if (before == NULL) return;
  watch->active = before->active;
  watch->due_us = before->due_us;
}

void bindings_toggle(struct container *self, const struct container *other) {
  for (struct binding *binding = bindings; binding->owner != NULL; binding++) {
    if (binding->owner != self) continue;
    binding->source ^= ASLEEP;
    if (binding->source != SOURCE_PIN) continue;
    watch_inherit(binding, other);
    gpio_resume(binding);
  }
}

void events_hand_over(struct container *self, struct container *other) {
  for (struct binding *event = bindings; event->owner != NULL;) {
    uint32_t source = event->source ^ ASLEEP;
    /* Not what is awake, nor settings: a successor has read them. */
    if (event->owner != self || source >= CHANGED_SETTING || (source & EVENT) == 0) {
      event++;
      continue;
    }
    const struct need *need = need_of(other, event);
    bool is_wanted = binding_find(other, source - EVENT, (uintptr_t)need) != NULL;
    bool is_message = source == (SOURCE_MESSAGE | EVENT);
    event->owner = other;
    event->subject = (uintptr_t)need;
    event->source = (uint8_t)source;
    self->waiting--;
    other->waiting++;
    self->messages -= is_message;
    other->messages += is_message;
    if (is_wanted && other->waiting <= other->credit.events && other->messages <= other->credit.messages) {
      event++;
      continue;
    }
    other->dropped++;
    if (is_message) message_release(other, (uint8_t)event->value);
    binding_remove(event);
  }
}

/* What is due first by `due_us`, or NULL. `ready`: of what may be called now. */
static struct binding *first_due(uint64_t due_us, bool ready) {
  struct binding *first = NULL;
  for (struct binding *binding = bindings; binding->owner != NULL; binding++) {
    if (binding->due_us > due_us) continue;
    if (first != NULL && binding->due_us == due_us && binding->source >= first->source) continue;
    if (binding->source >= ASLEEP) continue;
    if (!port_is_ready(binding->owner) && ready && binding->source != SOURCE_TRIAL) continue;
    first = binding;
    due_us = binding->due_us;
  }
  return first;
}

static void deliver(struct binding *event) {
  struct container *self = event->owner;
  uint32_t source = event->source;
  uint32_t value = event->value;
  uintptr_t subject = event->subject;
  const struct need *need = binding_need(event);
  if (source == CHANGED_SETTING) {
    event->due_us = NEVER;
    value = (uint32_t)subject;
    subject = 0;
  } else {
    binding_remove(event);
  }
  const struct binding *binding = binding_find(self, source - EVENT, subject);
  if (binding == NULL) return; /* a setting that was changed before the container ended */
  if (source == (SOURCE_MESSAGE | EVENT)) value = message_begin(need, (uint8_t)value);
  if (source == (SOURCE_UART | EVENT)) {
    value = port_uart_waiting(need);
    if (value == 0) return; /* an earlier event has read the bytes */
  }
  container_deliver(self, binding->value, (int32_t)value);
}

bool event_run_next(void) {
  uint64_t now_us = port_now_us();
  struct binding *first = first_due(now_us, true);
  if (first == NULL) return false;
  if (first->source == SOURCE_TRIAL) {
    struct container *self = first->owner;
    take(first);
    swap_settle(self);
  } else if (first->source == SOURCE_TIMER) {
    timer_deliver(first, now_us);
  } else if (first->source == SOURCE_PIN) {
    gpio_settle(first, now_us);
  } else {
    deliver(first);
  }
  return true;
}

uint64_t event_next_due_us(void) {
  const struct binding *first = first_due(NEVER, false);
  return first == NULL ? NEVER : first->due_us;
}
