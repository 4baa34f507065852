#include "event.h"

#include "gpio.h"
#include "message.h"
#include "port.h"
#include "timer.h"

/* Something happened for a binding. */
struct event {
  uint64_t due_us;
  int32_t value;
  uint16_t binding; /* its place: the events of a binding go when it goes */
  uint8_t message;  /* the payload's slot, or NO_MESSAGE */
};

struct binding bindings[BINDINGS_MAX];
struct binding *bindings_end = bindings;

/* Waiting events, the first one first. */
static struct event events[EVENTS_MAX];
static uint32_t event_count;

struct binding *binding_find(const struct container *self, uint32_t source, uint32_t subject) {
  for (struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->subject == subject && binding->owner == self->index && binding->source == source) {
      return binding;
    }
  }
  return NULL;
}

struct binding *binding_claim(struct container *self, uint32_t source, uint32_t subject) {
  struct binding *binding = binding_find(self, source, subject);
  if (binding != NULL) return binding;
  if (self->bindings == self->credit.bindings) {
    container_trap(self, TRAP_TOO_MANY_BINDINGS);
    return NULL;
  }
  self->bindings++;
  /* There is a place: the credits of all containers fit. */
  for (binding = bindings; binding->source != SOURCE_NONE;) binding++;
  if (binding == bindings_end) bindings_end++;
  *binding = (struct binding){
      .due_us = NEVER, .subject = subject, .owner = self->index, .source = (uint8_t)source};
  return binding;
}

void binding_remove(struct binding *binding) {
  events_forget(binding);
  containers[binding->owner].bindings--;
  binding->source = SOURCE_NONE;
  binding->due_us = NEVER;
}

void bindings_remove_all(const struct container *self) {
  for (struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->source != SOURCE_NONE && binding->owner == self->index) binding_remove(binding);
  }
}

bool event_has_room(struct container *self) {
  if (self->waiting < self->credit.events) return true;
  self->dropped++;
  return false;
}

/* Whether an event goes before one that comes later. */
static bool goes_before(const struct event *event, const struct event *later) {
  if (event->due_us != later->due_us) return event->due_us < later->due_us;
  return bindings[event->binding].source <= bindings[later->binding].source;
}

void event_post(const struct binding *binding, int32_t value, uint64_t due_us, uint8_t message) {
  struct container *self = &containers[binding->owner];
  if (!event_has_room(self)) return;
  self->waiting++;
  struct event event = {due_us, value, (uint16_t)(binding - bindings), message};
  uint32_t at = event_count++;
  for (; at > 0 && !goes_before(&events[at - 1], &event); at--) events[at] = events[at - 1];
  events[at] = event;
}

bool event_waits(const struct binding *binding, int32_t value) {
  for (uint32_t i = 0; i < event_count; i++) {
    if (&bindings[events[i].binding] == binding && events[i].value == value) return true;
  }
  return false;
}

/* Takes an event out of the queue; its message slot, if any, is still held. */
static struct event take_at(uint32_t at) {
  struct event event = events[at];
  containers[bindings[event.binding].owner].waiting--;
  event_count--;
  for (; at < event_count; at++) events[at] = events[at + 1];
  return event;
}

void events_forget(const struct binding *binding) {
  for (uint32_t i = event_count; i > 0; i--) {
    if (&bindings[events[i - 1].binding] == binding) message_release(take_at(i - 1).message, &containers[binding->owner]);
  }
}

/* Delivers the first of the waiting events. */
static void deliver_first(void) {
  struct event event = take_at(0);
  const struct binding *binding = &bindings[event.binding];
  struct container *self = &containers[binding->owner];
  bool is_uart = binding->source == SOURCE_UART;
  if (is_uart) event.value = (int32_t)port_uart_waiting(&description_needs(self->description)[binding->subject]);
  /* An earlier event may have read the bytes. */
  if (!is_uart || event.value != 0) {
    message_begin(event.message, binding->subject);
    container_deliver(self, binding->handler, event.value);
    message_end();
  }
  message_release(event.message, self);
}

/* The binding that is due first: a timer, or an input whose level will have been stable. NULL if none will ever be. */
static struct binding *first_binding(void) {
  struct binding *first = NULL;
  for (struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->due_us == NEVER) continue;
    if (first != NULL) {
      if (binding->due_us > first->due_us) continue;
      if (binding->due_us == first->due_us) {
        if (binding->source > first->source) continue;
        if (binding->source == first->source && (int32_t)(binding->sequence - first->sequence) >= 0) continue;
      }
    }
    first = binding;
  }
  return first;
}

bool event_run_next(void) {
  uint64_t now_us = port_now_us();
  for (;;) {
    /* What is due at the same time as an event goes first: a timer, or an input, whose event goes before others. */
    uint64_t until_us = event_count > 0 && events[0].due_us < now_us ? events[0].due_us : now_us;
    struct binding *binding = first_binding();
    if (binding == NULL || binding->due_us > until_us) break;
    if (binding->source == SOURCE_TIMER) {
      timer_deliver(binding, now_us);
      return true;
    }
    gpio_settle(binding, until_us);
  }
  if (event_count == 0) return false;
  deliver_first();
  return true;
}

uint64_t event_next_due_us(void) {
  const struct binding *binding = first_binding();
  uint64_t due_us = binding != NULL ? binding->due_us : NEVER;
  return event_count > 0 && events[0].due_us < due_us ? events[0].due_us : due_us;
}
