#include "swap.h"

#include "event.h"
#include "gpio.h"
#include "message.h"
#include "port.h"
#include "settings.h"

/* What stands by. */
struct trial {
  struct container *standby;    /* NULL: the place is free */
  uint16_t outputs[NEEDS_MAX]; /* as they were, by need */
};

static struct trial trials[TRIALS_MAX];

/* What the container that is being started replaces. */
static struct container *replaced;

struct container *swap_replaced(void) { return replaced; }

bool swap_stands_by(const struct container *self) { return self->stands_by; }

bool swap_on_trial(const struct container *self) { return self->trial != NULL; }

struct container *swap_running(uint32_t place) {
  for (struct container *self = containers; self < containers + CONTAINERS_MAX; self++) {
    if (self->place == place && self->state > CONTAINER_LOADED && !self->stands_by) return self;
  }
  return NULL;
}

static struct trial *find_free(void) {
  for (struct trial *trial = trials; trial < trials + TRIALS_MAX; trial++) {
    if (trial->standby == NULL) return trial;
  }
  return NULL;
}

/* The trial of a container is over. Returns what stood by. */
static struct container *end(struct container *self) {
  struct container *standby = self->trial->standby;
  self->trial->standby = NULL;
  self->trial = NULL;
  standby->stands_by = false;
  return standby;
}

/* Starts the successor, whose trial begins. */
static void start(struct trial *trial, struct container *self, struct container *successor) {
  self->trial = NULL;
  successor->trial = trial;
  uint64_t trial_us = description_policy(successor->description)->trial_s * UINT64_C(1000000);
  binding_add(successor, SOURCE_TRIAL, 0, 0)->due_us = port_now_us() + trial_us;
  port_swapped(successor, self, SWAP_TRIAL);
  replaced = self;
  if (container_open(successor, self)) {
    (void)container_start(successor);
  } else {
    container_finish(successor, TRAP_BAD_HANDLE);
  }
  replaced = NULL;
}

int32_t swap_begin(struct container *self, struct container *successor) {
  struct trial *trial = self->trial != NULL ? self->trial : find_free();
  if (trial == NULL || !settings_hand_over(self, successor)) {
    container_release(successor, NULL);
    return -ERROR_FULL;
  }
  if (self->trial == NULL) {
    trial->standby = self;
    self->stands_by = true;
    container_note_outputs(self, trial->outputs);
  }
  struct container *standby = trial->standby;
  container_close(self, successor);
  bindings_toggle(self, NULL);
  start(trial, self, successor);
  struct container *now = successor->state == CONTAINER_EMPTY ? standby : successor;
  events_hand_over(self, now);
  if (self != standby) container_release(self, now);
  return 0;
}

static bool is_healthy(const struct container *self) {
  const struct policy *policy = description_policy(self->description);
  return self->events >= policy->trial_events && self->confirmed >= policy->confirm;
}

void swap_settle(struct container *self) {
  if (is_healthy(self)) {
    struct container *standby = end(self);
    port_swapped(self, standby, SWAP_KEPT);
    container_release(standby, self);
  } else {
    container_finish(self, TRAP_HEALTH_MISSED);
  }
}

bool swap_back(struct container *self) {
  struct trial *trial = self->trial;
  if (trial == NULL) return false;
  struct container *standby = end(self);
  /* Who has heard what happened last: not what fails in its start. If that is the standby itself, nothing sleeps there any more. */
  struct container *listener = replaced != NULL ? replaced : self;
  bindings_toggle(self, NULL);
  container_close(self, standby);
  (void)container_open(standby, self); /* it could be opened before */
  container_set_outputs(standby, trial->outputs);
  bindings_toggle(standby, listener);
  events_hand_over(listener, standby);
  port_container_ended(self);
  port_swapped(standby, self, SWAP_BACK);
  container_release(self, standby);
  return true;
}

void swap_forget(struct container *self) {
  if (self->trial != NULL) container_release(end(self), NULL);
}

void lifecycle_confirm(struct container *self) { self->confirmed = true; }
