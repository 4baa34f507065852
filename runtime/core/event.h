/* What containers listen to (bindings) and what waits for them (events). Events run to completion, one
   at a time, in the order of (due time, source, sequence). */
#ifndef THIMBLE_EVENT_H
#define THIMBLE_EVENT_H

#include "container.h"

/* Added to the source of a binding that sleeps, so that no other source is its. */
#define ASLEEP 0x80u

/* Where events come from; the lower one goes first when two are due at the same time. */
enum source { SOURCE_NONE, SOURCE_TIMER, SOURCE_PIN, SOURCE_UART, SOURCE_MESSAGE, SOURCE_SETTING };

#define NEVER UINT64_MAX

/* A container wants to be called. Its identity is (owner, source, subject): events belong to a binding and know no
   handler, which is looked up when the event is delivered. */
struct binding {
  uint64_t due_us;      /* timer: when next; pin: when the level will have been stable; else NEVER */
  uintptr_t subject;    /* timer: the handler; pin, uart, message: the address of the need; setting: 0 */
  uint32_t handler;     /* index in the container's table */
  uint32_t interval_ms; /* timer: period, 0 = once; pin: debounce */
  uint32_t sequence;    /* timer: order of arming */
  struct container *owner;
  uint8_t source; /* enum source; NONE: the place is free */
  uint8_t edges;  /* pin: enum edges */
  bool active;    /* pin: the logical level last taken as stable */
};

/* All bindings; those from `bindings_end` on are free. */
extern struct binding bindings[BINDINGS_MAX];
extern struct binding *bindings_end;

/* Of a pin, serial port or subscription. */
static inline const struct need *binding_need(const struct binding *binding) {
  return (const struct need *)binding->subject;
}

/* The binding of this identity, or NULL. */
struct binding *binding_find(const struct container *self, uint32_t source, uintptr_t subject);

/* The binding of this identity, added if there is none; it has this handler now and no due time. When the container's
   credit is used up: NULL, and it has ended with too-many-bindings. */
struct binding *binding_claim(struct container *self, uint32_t source, uintptr_t subject, uint32_t handler);

/* Removes a binding and its events that wait. */
void binding_remove(struct binding *binding);

/* Removes the binding of this identity, if there is one. */
void binding_cancel(const struct container *self, uint32_t source, uintptr_t subject);

/* Removes all bindings of a container. */
void bindings_remove_all(const struct container *self);

/* Nothing is due for a container's bindings and nothing reaches them until bindings_wake. What waits for them stays. */
void bindings_sleep(const struct container *self);

/* The bindings go on: times that have passed are due, inputs that have another level than they had are watched for its being stable. */
void bindings_wake(struct container *self);

/* A watch of an input that `other`, which sleeps, watches too goes on from the level that is stable there, its debounce included.
   `other` may be NULL. */
void watch_inherit(struct binding *watch, const struct container *other);

/* All watches of `other` do so from those of `self`, which sleeps. */
void watches_hand_over(const struct container *self, const struct container *other);

/* Gives what waits for `self`, which sleeps, to the bindings of `other` that listen to the same pin, serial port or topic. What
   nobody there listens to, or has no room, is dropped and counted for `other`. Events of settings are forgotten: who has just been
   started has read them. */
void events_hand_over(struct container *self, struct container *other);

/* Queues an event. False, and it is counted as dropped, if the container's credit is used up. */
bool event_post(struct binding *binding, uint8_t value, uint64_t due_us);

/* Whether an event of this binding and value waits. */
bool event_waits(const struct binding *binding, uint32_t value);

/* Removes the waiting events of a binding. */
void events_forget(const struct binding *binding);

/* Delivers the first event that is due now. False if none is. Precondition: no container is running. */
bool event_run_next(void);

/* When event_run_next will find an event: NEVER, or a time that may have passed. */
uint64_t event_next_due_us(void);

#endif
