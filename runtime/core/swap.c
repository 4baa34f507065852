#include "swap.h"

#include "event.h"
#include "gpio.h"
#include "message.h"
#include "port.h"
#include "settings.h"

struct trial {
  struct container *on_trial; /* NULL: the place is free */
  struct container *standby;
  uint64_t due_us;           /* when it is over */
  uint32_t levels;           /* of the outputs of what stands by: bit n of need n */
  uint16_t duties[NEEDS_MAX]; /* of its PWM outputs, by need */
  bool started;
  bool confirmed;
};

static struct trial trials[TRIALS_MAX];

/* What the container that is being started replaces. */
static struct container *replaced;

struct container *swap_replaced(void) { return replaced; }

static struct trial *find(const struct container *on_trial) {
  for (struct trial *trial = trials; trial < trials + TRIALS_MAX; trial++) {
    if (trial->on_trial == on_trial) return trial;
  }
  return NULL;
}

bool swap_on_trial(const struct container *self) { return find(self) != NULL; }

bool swap_stands_by(const struct container *self) {
  for (const struct trial *trial = trials; trial < trials + TRIALS_MAX; trial++) {
    if (trial->on_trial != NULL && trial->standby == self) return true;
  }
  return false;
}

struct container *swap_running(uint32_t place) {
  for (struct container *self = containers; self < containers + CONTAINERS_MAX; self++) {
    bool is_there = self->place == place && (self->state == CONTAINER_RUNNING || self->state >= CONTAINER_ENDED);
    if (is_there && !swap_stands_by(self)) return self;
  }
  return NULL;
}

/* Notes the outputs of what will stand by, which then leaves to its successor what both have. */
static void put_by(struct trial *trial, struct container *self, const struct container *successor) {
  const struct need *needs = description_needs(self->description);
  trial->standby = self;
  trial->levels = 0;
  for (uint32_t i = 0; i < self->description->need_count; i++) {
    if (needs[i].kind == NEED_GPIO_OUT) trial->levels |= (uint32_t)gpio_read(self, &needs[i]) << i;
    if (needs[i].kind == NEED_PWM) trial->duties[i] = (uint16_t)port_pwm_duty(needs[i].pins[0]);
  }
  container_close(self, successor);
}

/* The reverse: outputs are again as they were. */
static void take_back(const struct trial *trial) {
  struct container *self = trial->standby, *successor = trial->on_trial;
  container_close(successor, self);
  (void)container_open(self, successor); /* it could be opened before */
  const struct need *needs = description_needs(self->description);
  for (uint32_t i = 0; i < self->description->need_count; i++) {
    if (needs[i].kind == NEED_GPIO_OUT) gpio_write(self, &needs[i], trial->levels >> i & 1u);
    if (needs[i].kind == NEED_PWM) port_pwm_set_duty(needs[i].pins[0], trial->duties[i]);
  }
  bindings_wake(self);
}

/* Starts the successor, whose trial begins. */
static void start(struct trial *trial, struct container *self, struct container *successor) {
  trial->on_trial = successor;
  trial->started = trial->confirmed = false;
  trial->due_us = port_now_us() + description_policy(successor->description)->trial_s * UINT64_C(1000000);
  port_swapped(successor, self, SWAP_TRIAL);
  replaced = self;
  if (container_open(successor, self)) {
    (void)container_start(successor);
  } else {
    container_trap(successor, TRAP_BAD_HANDLE);
    (void)swap_back(successor);
  }
  trial->started = true;
  replaced = NULL;
}

int32_t swap_begin(struct container *self, struct container *successor) {
  struct trial *trial = find(self);
  bool was_on_trial = trial != NULL;
  if (!was_on_trial) trial = find(NULL);
  if (trial == NULL || !settings_hand_over(self, successor)) {
    container_release(successor, NULL);
    return -ERROR_FULL;
  }
  struct container *standby = was_on_trial ? trial->standby : self;
  if (was_on_trial) {
    container_close(self, successor);
  } else {
    put_by(trial, self, successor);
  }
  bindings_sleep(self);
  start(trial, self, successor);
  struct container *now = successor->state == CONTAINER_EMPTY ? standby : successor;
  if (now == self) return 0;
  if (now == standby) watches_hand_over(self, now);
  events_hand_over(self, now);
  if (was_on_trial) container_release(self, now);
  return 0;
}

static bool is_healthy(const struct trial *trial) {
  const struct policy *policy = description_policy(trial->on_trial->description);
  return trial->on_trial->events >= policy->trial_events && (policy->confirm == 0 || trial->confirmed);
}

bool swap_settle(uint64_t time_us) {
  for (struct trial *trial = trials; trial < trials + TRIALS_MAX; trial++) {
    struct container *self = trial->on_trial;
    if (self == NULL || trial->due_us > time_us) continue;
    if (is_healthy(trial)) {
      trial->on_trial = NULL;
      port_swapped(self, trial->standby, SWAP_KEPT);
      container_release(trial->standby, self);
    } else {
      container_trap(self, TRAP_HEALTH_MISSED);
      (void)swap_back(self);
    }
    return true;
  }
  return false;
}

uint64_t swap_next_due_us(void) {
  uint64_t due_us = NEVER;
  for (const struct trial *trial = trials; trial < trials + TRIALS_MAX; trial++) {
    if (trial->on_trial != NULL && trial->due_us < due_us) due_us = trial->due_us;
  }
  return due_us;
}

bool swap_back(struct container *self) {
  struct trial *trial = find(self);
  if (trial == NULL) return false;
  bindings_sleep(self);
  take_back(trial);
  if (trial->started) {
    watches_hand_over(self, trial->standby);
    events_hand_over(self, trial->standby);
  } else {
    bindings_remove_all(self);
  }
  trial->on_trial = NULL;
  port_container_ended(self);
  port_swapped(trial->standby, self, SWAP_BACK);
  container_release(self, trial->standby);
  return true;
}

void swap_forget(const struct container *self) {
  struct trial *trial = find(self);
  if (trial == NULL) return;
  trial->on_trial = NULL;
  container_release(trial->standby, NULL);
}

void lifecycle_confirm(struct container *self) {
  struct trial *trial = find(self);
  if (trial != NULL) trial->confirmed = true;
}
