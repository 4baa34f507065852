#include "event.h"

#include "gpio.h"
#include "message.h"
#include "port.h"
#include "swap.h"
#include "timer.h"

/* Something happened for a binding. */
struct event {
  uint64_t due_us;
  struct binding *binding;
  uint8_t value; /* pin: the level; message: its slot; setting: its position */
};

struct binding bindings[BINDINGS_MAX];
struct binding *bindings_end = bindings;

/* Waiting events, the first one first. */
static struct event events[EVENTS_MAX];
static struct event *events_end = events;

struct binding *binding_find(const struct container *self, uint32_t source, uintptr_t subject) {
  for (struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->subject == subject && binding->owner == self && binding->source == source) return binding;
  }
  return NULL;
}

struct binding *binding_claim(struct container *self, uint32_t source, uintptr_t subject, uint32_t handler) {
  struct binding *binding = binding_find(self, source, subject);
  if (binding == NULL) {
    if (self->bindings == self->credit.bindings) {
      container_trap(self, TRAP_TOO_MANY_BINDINGS);
      return NULL;
    }
    self->bindings++;
    /* There is a place: the credits of all containers fit. */
    for (binding = bindings; binding->source != SOURCE_NONE;) binding++;
    if (binding == bindings_end) bindings_end++;
    binding->owner = self;
    binding->source = (uint8_t)source;
    binding->subject = subject;
  }
  binding->due_us = NEVER;
  binding->handler = handler;
  return binding;
}

void binding_remove(struct binding *binding) {
  events_forget(binding);
  binding->owner->bindings--;
  binding->source = SOURCE_NONE;
  binding->due_us = NEVER;
}

void binding_cancel(const struct container *self, uint32_t source, uintptr_t subject) {
  struct binding *binding = binding_find(self, source, subject);
  if (binding != NULL) binding_remove(binding);
}

void bindings_remove_all(const struct container *self) {
  for (struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->source != SOURCE_NONE && binding->owner == self) binding_remove(binding);
  }
}

/* The due time of a timer that sleeps is this much later. */
#define LATER (UINT64_C(1) << 63)

void bindings_sleep(const struct container *self) {
  for (struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->source == SOURCE_NONE || binding->owner != self) continue;
    binding->source |= ASLEEP;
    binding->due_us |= LATER;
  }
}

static uint64_t due_awake(const struct binding *binding) {
  return binding->due_us == NEVER ? NEVER : binding->due_us - LATER;
}

void bindings_wake(struct container *self) {
  for (struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->source < ASLEEP || binding->owner != self) continue;
    binding->source %= ASLEEP;
    binding->due_us = due_awake(binding);
    if (binding->source == SOURCE_PIN) gpio_resume(binding);
  }
}

bool event_post(struct binding *binding, uint8_t value, uint64_t due_us) {
  struct container *self = binding->owner;
  if (self->waiting == self->credit.events) {
    self->dropped++;
    return false;
  }
  self->waiting++;
  /* Behind those that are due before it, or at the same time and from no later source. */
  struct event *at = events_end++;
  for (; at > events && at[-1].due_us >= due_us; at--) {
    if (at[-1].due_us == due_us && at[-1].binding->source <= binding->source) break;
    *at = at[-1];
  }
  *at = (struct event){due_us, binding, value};
  return true;
}

bool event_waits(const struct binding *binding, uint32_t value) {
  for (const struct event *event = events; event < events_end; event++) {
    if (event->binding == binding && event->value == value) return true;
  }
  return false;
}

/* Takes an event out of the queue. */
static void take(struct event *event) {
  event->binding->owner->waiting--;
  events_end--;
  for (; event < events_end; event++) *event = event[1];
}

void events_forget(const struct binding *binding) {
  for (struct event *event = events_end; event-- > events;) {
    if (event->binding != binding) continue;
    if (binding->source % ASLEEP == SOURCE_MESSAGE) message_release(binding->owner, event->value);
    take(event);
  }
}

/* The binding of `other` that listens to what an event of a sleeping binding is about, or NULL. */
static struct binding *heir_of(const struct binding *binding, const struct container *other) {
  uint32_t source = binding->source - ASLEEP;
  if (source == SOURCE_SETTING) return NULL;
  const struct need *need =
      description_find_need(other->description, binding->owner->description, binding_need(binding));
  return need == NULL ? NULL : binding_find(other, source, (uintptr_t)need);
}

void watch_inherit(struct binding *watch, const struct container *other) {
  if (other == NULL) return;
  const struct need *need = description_find_need(other->description, watch->owner->description, binding_need(watch));
  const struct binding *before = need == NULL ? NULL : binding_find(other, ASLEEP | SOURCE_PIN, (uintptr_t)need);
  if (before == NULL) return;
  watch->active = before->active;
  watch->due_us = due_awake(before);
}

void watches_hand_over(const struct container *self, const struct container *other) {
  for (struct binding *watch = bindings; watch < bindings_end; watch++) {
    if (watch->source != SOURCE_PIN || watch->owner != other) continue;
    watch_inherit(watch, self);
    gpio_resume(watch);
  }
}

void events_hand_over(struct container *self, struct container *other) {
  for (struct event *event = events; event < events_end;) {
    const struct binding *binding = event->binding;
    if (binding->owner != self) {
      event++;
      continue;
    }
    bool is_message = binding->source == (ASLEEP | SOURCE_MESSAGE);
    struct binding *heir = heir_of(binding, other);
    if (heir != NULL && other->waiting < other->credit.events &&
        (!is_message || other->messages < other->credit.messages)) {
      self->waiting--;
      other->waiting++;
      self->messages -= is_message;
      other->messages += is_message;
      event++->binding = heir;
      continue;
    }
    if (binding->source != (ASLEEP | SOURCE_SETTING)) other->dropped++;
    if (is_message) message_release(self, event->value);
    take(event);
  }
}

/* The first of the waiting events that is due by `now_us` and may be delivered, or NULL. */
static struct event *first_waiting(uint64_t now_us) {
  for (struct event *event = events; event < events_end && event->due_us <= now_us; event++) {
    if (port_is_ready(event->binding->owner)) return event;
  }
  return NULL;
}

static void deliver(struct event *event) {
  const struct binding *binding = event->binding;
  uint32_t value = event->value;
  take(event);
  if (binding->source == SOURCE_MESSAGE) value = message_begin(binding_need(binding), (uint8_t)value);
  if (binding->source == SOURCE_UART) {
    value = port_uart_waiting(binding_need(binding));
    if (value == 0) return; /* an earlier event has read the bytes */
  }
  container_deliver(binding->owner, binding->handler, (int32_t)value);
}

/* The timer that is due first, or NULL if none is by `now_us`. Inputs whose level has been stable become events. */
static struct binding *first_timer(uint64_t now_us) {
  struct binding *first = NULL;
  for (struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->source == SOURCE_PIN) gpio_settle(binding, now_us);
    if (binding->due_us > now_us || !port_is_ready(binding->owner)) continue;
    if (first != NULL && binding->due_us >= first->due_us) {
      if (binding->due_us > first->due_us || (int32_t)(binding->sequence - first->sequence) > 0) continue;
    }
    first = binding;
  }
  return first;
}

bool event_run_next(void) {
  uint64_t now_us = port_now_us();
  struct binding *timer = first_timer(now_us);
  struct event *event = first_waiting(now_us);
  if (timer != NULL && event != NULL && event->due_us < timer->due_us) timer = NULL;
  uint64_t due_us = timer != NULL ? timer->due_us : event != NULL ? event->due_us : now_us;
  if (swap_settle(due_us)) return true;
  if (timer != NULL) {
    timer_deliver(timer, now_us);
  } else if (event != NULL) {
    deliver(event);
  } else {
    return false;
  }
  return true;
}

uint64_t event_next_due_us(void) {
  uint64_t due_us = events_end > events ? events->due_us : NEVER;
  for (const struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->due_us < due_us) due_us = binding->due_us;
  }
  uint64_t trial_us = swap_next_due_us();
  if (trial_us < due_us) due_us = trial_us;
  return due_us < LATER ? due_us : NEVER;
}
