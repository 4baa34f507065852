/* One version of an app takes the place of another: between two events, with its state, on trial. Until the trial is over the old
   one stands by as it was, its timers and subscriptions asleep; if the new one fails, it goes on. */
#ifndef THIMBLE_SWAP_H
#define THIMBLE_SWAP_H

#include "container.h"

/* How a swap stands. */
enum swap_outcome {
  SWAP_TRIAL, /* the new version has been started */
  SWAP_KEPT,  /* it has proved itself: the old one is gone */
  SWAP_BACK,  /* it has not: the old one goes on, the new one is gone */
};

/* Starts `successor` in the place of `self`. The successor has been loaded by container_load with `self` as its predecessor.
   0, and port_swapped has told SWAP_TRIAL, and SWAP_BACK if its start has failed already. Or -ERROR_FULL if too many trials go on: then it
   is EMPTY again and nothing else has changed. A version on trial can be replaced too: what stands by stays the same.
   Preconditions: `self` has been started and does not stand by, `successor` is LOADED, no container is running. */
int32_t swap_begin(struct container *self, struct container *successor) __attribute__((warn_unused_result));

/* The container that runs in a place, or NULL. */
struct container *swap_running(uint32_t place);

/* Whether this container stands by while a successor is on trial. */
bool swap_stands_by(const struct container *self);

/* Whether this container is on trial. */
bool swap_on_trial(const struct container *self);

/* What the container whose `start` is being called replaces, or NULL. */
struct container *swap_replaced(void);

/* The time of a container's trial is over: it is kept, or its predecessor is put back. Precondition: no container is running. */
void swap_settle(struct container *self);

/* A container on trial is taken off the device: what stands by for it, too. */
void swap_forget(struct container *self);

/* The container has ended while it was on trial: puts its predecessor back. False if it was not on trial. */
bool swap_back(struct container *self);

#endif
