#include "credit.h"

#include "event.h"
#include "message.h"
#include "port.h"

static uint8_t at_most(uint32_t count, uint32_t max) { return (uint8_t)(count < max ? count : max); }

/* At most one binding for each handler but `start`, whose place the timer of a restart takes, one for each input,
   serial port and subscription, one for all settings. Timers wait in their binding, settings in their value; of a serial port one
   event waits at most. */
static void credit_set(struct container *self) {
  const struct need *need = description_needs(self->description);
  uint32_t bindings_credit = port_container_entries(self) + (self->description->setting_count > 0);
  uint32_t events = 0, messages = 0, retained = 0;
  for (const struct need *end = need + self->description->need_count; need < end; need++) {
    uint32_t kind = need->kind;
    if (kind == NEED_PUBLISH) retained += is_retained(need);
    if (kind == NEED_SUBSCRIBE) messages = MESSAGES_PER_CONTAINER;
    if (kind == NEED_GPIO_IN || kind == NEED_SUBSCRIBE) events = EVENTS_PER_CONTAINER;
    if (kind == NEED_GPIO_IN || kind == NEED_UART || kind == NEED_SUBSCRIBE) bindings_credit++, events++;
  }
  if (bindings_credit > 1) bindings_credit--; /* only an ended container has the timer of a restart, and then no other */
  self->credit.bindings = at_most(bindings_credit, BINDINGS_PER_CONTAINER);
  self->credit.events = at_most(events, EVENTS_PER_CONTAINER);
  self->credit.messages = (uint8_t)messages;
  self->credit.retained = (uint8_t)retained;
}

int32_t credit_reserve(struct container *self) {
  credit_set(self);
  int32_t places = BINDINGS_MAX, events = EVENTS_MAX, messages = MESSAGES_MAX, retained = RETAINED_MAX;
  for (const struct container *other = containers; other < containers + CONTAINERS_MAX; other++) {
    if (other != self && other->state == CONTAINER_EMPTY) continue;
    places -= other->credit.bindings;
    events -= other->credit.events;
    messages -= other->credit.messages + other->credit.retained;
    retained -= other->credit.retained;
  }
  return (places | events | messages | retained) < 0 ? -ERROR_FULL : 0;
}
