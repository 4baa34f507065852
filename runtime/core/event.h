/* What containers listen to (bindings) and what waits for them (events): one table, in the order of age. Events run to completion,
   one at a time, in the order of (due time, source, age). */
#ifndef THIMBLE_EVENT_H
#define THIMBLE_EVENT_H

#include "container.h"

/* What an entry of the table is about; the lower one goes first when two are due at the same time. */
enum source {
  SOURCE_TRIAL = 0, /* the time of a swap (swap.h) */
  SOURCE_TIMER = 2,
  SOURCE_PIN = 4,
  SOURCE_UART = 6,
  SOURCE_MESSAGE = 8,
  SOURCE_SETTING = 10,
};

/* Added to the source of a binding: an event of it. */
#define EVENT 1u
/* The value that the owner has given to a setting; an event while it is due. */
#define CHANGED_SETTING (SOURCE_SETTING | EVENT)
/* Added to the source of what sleeps, so that no other source is its. */
#define ASLEEP 0x80u

#define NEVER UINT64_MAX

/* A container wants to be called. A binding is known by (owner, source, subject), and so are its events: they know no handler, which is
   looked up when they are delivered. */
struct binding {
  uint64_t due_us;   /* timer: when next; pin: when the level will have been stable; event: when it happened; else NEVER */
  uintptr_t subject; /* timer: the handler; pin, uart, message: the address of the need; setting: 0, its event: the position */
  struct container *owner;
  uint32_t value; /* the handler: index in the container's table; timer: period in ms, 0 = once; event of a pin: the level, of a message: its
                     slot, of a setting: the value */
  uint8_t source;                       /* enum source, EVENT, ASLEEP */
  uint8_t active;                       /* pin: the logical level last taken as stable */
  uint16_t edges : 2, debounce_ms : 14; /* pin: enum edges */
};

/* All that there is, the oldest first, up to one without an owner. Removing an entry moves those behind it. */
extern struct binding bindings[];

/* Of a pin, serial port or subscription, and of its events. */
static inline const struct need *binding_need(const struct binding *binding) {
  return (const struct need *)binding->subject;
}

/* The entry of this identity, or NULL. */
struct binding *binding_find(const struct container *self, uint32_t source, uintptr_t subject);

/* Adds an entry, due NEVER. There is a place: the table holds the sum of all that may be. */
struct binding *binding_add(struct container *self, uint32_t source, uintptr_t subject, uint32_t value);

/* The binding of this identity, added if there is none; it has this value now. A timer or a watch that there is goes first. When the
   container's credit is used up: NULL, and it has ended with too-many-bindings. */
struct binding *binding_claim(struct container *self, uint32_t source, uintptr_t subject, uint32_t value);

/* Removes a binding or an event by itself. */
void binding_remove(struct binding *binding);

/* Removes the binding of this identity, if there is one, and its events that wait. Precondition: a timer or a pin. */
void binding_cancel(const struct container *self, uint32_t source, uintptr_t subject);

/* Removes what a container has in the table of sources below `end`. */
void bindings_remove_all(struct container *self, uint32_t end);

/* A watch of an input that `other`, which sleeps, watches too goes on from the level that is stable there, its debounce included.
   `other` may be NULL. */
void watch_inherit(struct binding *watch, const struct container *other);

/* Puts to sleep what a container has in the table: nothing is due and nothing reaches it. The second time it goes on: times that have
   passed are due, and inputs that have another level than they had, or than `other`, which sleeps by now, has heard of, are watched for
   its being stable. `other` may be NULL. */
void bindings_toggle(struct container *self, const struct container *other);

/* Gives what waits for `self`, which sleeps, to the bindings of `other` that listen to the same pin, serial port or topic. What
   nobody there listens to, or has no room, is dropped and counted for `other`. Changed settings stay. */
void events_hand_over(struct container *self, struct container *other);

/* Queues an event. False, and it is counted as dropped, if the container's credit is used up. */
bool event_post(struct binding *binding, uint32_t value, uint64_t due_us);

/* Does the first thing that is due now: mostly the delivery of an event. False if none is. Precondition: no container is running. */
bool event_run_next(void);

/* When event_run_next will find something: NEVER, or a time that may have passed. */
uint64_t event_next_due_us(void);

#endif
