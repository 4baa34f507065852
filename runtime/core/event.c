#include "event.h"

#include "gpio.h"
#include "message.h"
#include "port.h"
#include "timer.h"

struct binding bindings[BINDINGS_MAX];
uint32_t binding_count;

/* Waiting events, in no order: the first is searched for, since there is seldom more than one. */
static struct event events[EVENTS_MAX];
static uint32_t event_count;
static uint32_t next_sequence;

struct binding *binding_find(const struct container *self, uint32_t source, uint32_t subject) {
  for (uint32_t i = 0; i < binding_count; i++) {
    struct binding *binding = &bindings[i];
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
  binding = &bindings[binding_count++];
  *binding = (struct binding){
      .due_us = NEVER, .subject = subject, .owner = self->index, .source = (uint8_t)source};
  return binding;
}

static void remove_binding_at(uint32_t position) {
  containers[bindings[position].owner].bindings--;
  bindings[position] = bindings[--binding_count];
}

void binding_remove(struct container *self, uint32_t source, uint32_t subject) {
  struct binding *binding = binding_find(self, source, subject);
  if (binding == NULL) return;
  remove_binding_at((uint32_t)(binding - bindings));
  events_forget(self, source, subject);
}

bool event_has_room(struct container *self) {
  if (self->waiting < self->credit.events) return true;
  self->dropped++;
  return false;
}

void event_post(struct container *self, uint32_t source, uint32_t subject, int32_t value, uint64_t due_us,
                uint8_t message) {
  if (!event_has_room(self)) return;
  self->waiting++;
  events[event_count++] = (struct event){.due_us = due_us,
                                         .sequence = next_sequence++,
                                         .subject = subject,
                                         .value = value,
                                         .owner = self->index,
                                         .source = (uint8_t)source,
                                         .message = message};
}

bool event_waits(const struct container *self, uint32_t source, uint32_t subject, int32_t value) {
  for (uint32_t i = 0; i < event_count; i++) {
    const struct event *event = &events[i];
    if (event->owner == self->index && event->source == source && event->subject == subject &&
        event->value == value) {
      return true;
    }
  }
  return false;
}

/* Takes an event out of the queue; its message slot, if any, is still held. */
static struct event take_at(uint32_t position) {
  struct event event = events[position];
  events[position] = events[--event_count];
  containers[event.owner].waiting--;
  return event;
}

void events_forget(struct container *self, uint32_t source, uint32_t subject) {
  for (uint32_t i = event_count; i > 0; i--) {
    const struct event *event = &events[i - 1];
    if (event->owner != self->index || event->source != source || event->subject != subject) continue;
    message_release(take_at(i - 1).message, self);
  }
}

void events_forget_container(struct container *self) {
  for (uint32_t i = binding_count; i > 0; i--) {
    if (bindings[i - 1].owner == self->index) remove_binding_at(i - 1);
  }
  for (uint32_t i = event_count; i > 0; i--) {
    if (events[i - 1].owner == self->index) message_release(take_at(i - 1).message, self);
  }
}

static bool goes_before(const struct event *a, const struct event *b) {
  if (a->due_us != b->due_us) return a->due_us < b->due_us;
  if (a->source != b->source) return a->source < b->source;
  return (int32_t)(a->sequence - b->sequence) < 0;
}

/* The position of the first waiting event. Precondition: there is one. */
static uint32_t first_event(void) {
  uint32_t first = 0;
  for (uint32_t i = 1; i < event_count; i++) {
    if (goes_before(&events[i], &events[first])) first = i;
  }
  return first;
}

/* Delivers an event taken from the queue to the handler its binding has by now. */
static void deliver(const struct event *event) {
  struct container *self = &containers[event->owner];
  const struct binding *binding = binding_find(self, event->source, event->subject);
  int32_t value = event->value;
  if (event->source == SOURCE_UART) {
    value = (int32_t)port_uart_waiting(&description_needs(self->description)[event->subject]);
    if (value == 0) binding = NULL; /* an earlier event has read the bytes */
  }
  if (binding == NULL) return;
  message_begin(event);
  container_deliver(self, binding->handler, value);
  message_end();
}

bool event_run_next(void) {
  uint64_t now_us = port_now_us();
  gpio_settle_until(now_us);
  struct binding *timer = timer_first_due(now_us);
  if (event_count == 0) {
    if (timer != NULL) timer_deliver(timer, now_us);
    return timer != NULL;
  }
  uint32_t first = first_event();
  if (timer != NULL && timer->due_us <= events[first].due_us) {
    timer_deliver(timer, now_us);
    return true;
  }
  struct event event = take_at(first);
  deliver(&event);
  message_release(event.message, &containers[event.owner]);
  return true;
}

uint64_t event_next_due_us(void) {
  uint64_t due_us = event_count > 0 ? events[first_event()].due_us : NEVER;
  for (uint32_t i = 0; i < binding_count; i++) {
    if (bindings[i].due_us < due_us) due_us = bindings[i].due_us;
  }
  return due_us;
}
