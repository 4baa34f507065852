#include "credit.h"

#include "event.h"
#include "message.h"
#include "port.h"

static uint8_t at_most(uint32_t count, uint32_t max) { return (uint8_t)(count < max ? count : max); }

/* At most one binding for each handler but `start`, whose place the timer of a restart takes, one for each input,
   serial port and subscription, one for all settings. Timers wait in their binding; of a serial port and of a
   setting one event waits at most. */
static struct credit credit_of(const struct container *self) {
  const struct need *needs = description_needs(self->description);
  uint32_t settings = self->description->setting_count;
  uint32_t binding_credit = port_container_entries(self) + (settings > 0);
  uint32_t events = settings;
  uint32_t messages = 0, retained = 0;
  for (uint32_t i = 0; i < self->description->need_count; i++) {
    uint32_t kind = needs[i].kind;
    if (kind == NEED_GPIO_IN || kind == NEED_UART || kind == NEED_SUBSCRIBE) binding_credit++;
    if (kind == NEED_GPIO_IN || kind == NEED_SUBSCRIBE) events = EVENTS_PER_CONTAINER;
    if (kind == NEED_UART) events++;
    if (kind == NEED_SUBSCRIBE) messages = MESSAGES_PER_CONTAINER;
    if (kind == NEED_PUBLISH) retained += is_retained(&needs[i]);
  }
  if (binding_credit > 1) binding_credit--; /* only an ended container has the timer of a restart, and then no other */
  return (struct credit){at_most(binding_credit, BINDINGS_PER_CONTAINER), at_most(events, EVENTS_PER_CONTAINER),
                         (uint8_t)messages, (uint8_t)retained};
}

int32_t credit_reserve(struct container *self) {
  self->credit = credit_of(self);
  uint32_t bindings_credit = self->credit.bindings, events = self->credit.events;
  uint32_t messages = self->credit.messages, retained = self->credit.retained;
  for (const struct container *other = containers; other < containers + CONTAINERS_MAX; other++) {
    if (other->state == CONTAINER_EMPTY) continue;
    bindings_credit += other->credit.bindings;
    events += other->credit.events;
    messages += other->credit.messages;
    retained += other->credit.retained;
  }
  return bindings_credit <= BINDINGS_MAX && events <= EVENTS_MAX && retained <= RETAINED_MAX &&
                 messages + retained <= MESSAGES_MAX
             ? 0
             : -ERROR_FULL;
}
