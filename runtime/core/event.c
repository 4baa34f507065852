#include "event.h"

#include "gpio.h"
#include "message.h"
#include "port.h"
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
    if (binding->source == SOURCE_MESSAGE) message_release(binding->owner, event->value);
    take(event);
  }
}

/* Delivers the first of the waiting events. */
static void deliver_first(void) {
  const struct binding *binding = events->binding;
  uint32_t value = events->value;
  take(events);
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
    if (binding->due_us > now_us) continue;
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
  bool is_waiting = events_end > events;
  if (timer != NULL && !(is_waiting && events->due_us < timer->due_us)) {
    timer_deliver(timer, now_us);
  } else if (is_waiting) {
    deliver_first();
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
  return due_us;
}
