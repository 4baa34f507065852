/* A container: one loaded app, alone in the world but for what its needs name. */
#ifndef THIMBLE_CONTAINER_H
#define THIMBLE_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "contract.h"
#include "description.h"

/* The entry of a container's table that is called before any event. */
#define START_ENTRY 0u

enum container_state {
  CONTAINER_EMPTY,   /* the slot is free */
  CONTAINER_LOADED,  /* described, its hardware configured; its code has not run */
  CONTAINER_RUNNING, /* `start` was called */
  CONTAINER_ENDED,   /* a trap ended it: its outputs are inactive, it waits to be started again */
  CONTAINER_PARKED,  /* it has failed too often: as ENDED, for good */
};

/* `state_at` of a container that has not said where its state lies. */
#define NO_STATE UINT32_MAX

/* What was set aside for a container in the pools. */
struct credit {
  uint8_t bindings, events, messages, retained;
};

struct trial; /* swap.c */
/* RAM that a port has set aside, from `begin` to before `end`; none if `end` is NULL. */
struct area {
  uint8_t *begin, *end;
};

struct container {
  const struct description *description;
  /* The port's own: its linear memory, and what the port keeps of it. */
  struct area memory, record;
  uint8_t index;    /* in `containers`; the owner field of all pools */
  uint8_t place;    /* what it is called by outside: that of the version it replaces, else its index */
  uint8_t state;    /* enum container_state */
  uint8_t trap;     /* enum trap_code: how it ended, NONE while it lives */
  uint8_t failures; /* ends in a row */
  uint8_t bindings; /* credit in use */
  uint8_t waiting;  /* credit in use: events */
  uint8_t messages; /* credit in use: received messages */
  struct credit credit;
  bool stands_by; /* while a successor is on trial */
  bool confirmed; /* that it does its work */
  uint8_t version; /* of its app: the port's */
  uint32_t memory_bytes;
  struct trial *trial; /* NULL unless it is on trial */
  uint32_t state_at; /* offset in its memory, or NO_STATE */
  uint32_t events;  /* delivered, `start` apart */
  uint32_t dropped; /* events, messages and log lines that found their queue full */
  uint32_t missed;  /* timer periods that passed while an event of their timer waited */
  uint32_t started; /* when it was started last, in units of 2^20 microseconds */
};

extern struct container containers[CONTAINERS_MAX];

/* Fills a slot. `predecessor` is NULL, or the container that runs and that this one is to replace (swap.h). `description` is aligned to 4, untrusted, checked here, and stays in place until
   `container_stop`. The port gives at least the memory_bytes it states.
   Without a predecessor this configures the pins of all needs: outputs become inactive.
   0, or a negated error, after which the slot is EMPTY again: that of description_check, FULL if a pool
   has no room, UNAVAILABLE if the port cannot give a pin, bus or channel.
   Precondition: the slot is EMPTY. */
int32_t container_load(struct container *self, const uint8_t *description, uint32_t size,
                       const struct container *predecessor) __attribute__((warn_unused_result));

/* Configures the pins of the needs that are not also those of `other`, which keep their levels. False if the port cannot
   give one. */
bool container_open(struct container *self, const struct container *other);

/* Notes what the outputs are, and sets them so again: by need, 0 or 1, or the duty. */
void container_note_outputs(struct container *self, uint16_t outputs[NEEDS_MAX]);
void container_set_outputs(struct container *self, uint16_t outputs[NEEDS_MAX]);

/* Makes the outputs inactive that are not also those of `other`, if that is not NULL. */
void container_close(struct container *self, const struct container *other);

/* Makes its memory new and calls `start`. Precondition: LOADED or ENDED, and no container is running. */
enum trap_code container_start(struct container *self);

/* What follows each call into a container: with a code other than NONE it has ended. */
void container_finish(struct container *self, enum trap_code code);

/* Runs one call into the container to its end. A trap ends the container: it is started again after a while, by a
   timer of entry 0, or parked. Precondition: RUNNING or ENDED, and no container is running. */
void container_deliver(struct container *self, uint32_t handler, int32_t value);

/* Frees the slot and all that the container held; its outputs become inactive. Events of it that wait are removed, not
   counted. What stands by for it goes, too. Precondition: it is not the container that is running, and does not stand by. */
void container_stop(struct container *self);

/* Frees the slot. Retained messages go to `heir`, if it has their topics and is not NULL, else they are forgotten. The
   outputs have been seen to. */
void container_release(struct container *self, struct container *heir);

/* Marks the container as ended: the first code counts. The host call that says so returns at once, and
   the port does not return into the container. */
void container_trap(struct container *self, enum trap_code code);

/* Whether the event it handles has taken longer than allowed: then the container ends with time-budget. The port asks before a container
   goes on after a bus transfer, and where it can now and then while it runs. */
bool container_is_late(const struct container *self);

#endif
