/* What the simulator's TypeScript calls (runtime/emulator/sim/core.ts). Containers go by their index, below
   CONTAINERS_MAX; everything else is checked here or behind. */
#include "bus.h"
#include "container.h"
#include "contract.h"
#include "event.h"
#include "gpio.h"
#include "message.h"
#include "port.h"
#include "settings.h"
#include "swap.h"

#if defined(__wasm__)
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name)
#endif

bool sim_is_watched(uint32_t pin);

#define NO_CONTAINER UINT32_MAX

/* Where TypeScript puts what it hands over: a description for each container, one message. */
static uint32_t descriptions[CONTAINERS_MAX][DESCRIPTION_BYTES_MAX / 4u];
static uint8_t topic_in[TOPIC_BYTES_MAX], payload_in[MESSAGE_BYTES_MAX];
/* The arguments of a contract call, then its result. */
static _Alignas(8) uint32_t words[4];

EXPORT(container_count) uint32_t sim_container_count(void) { return CONTAINERS_MAX; }
EXPORT(description_at) void *sim_description_at(uint32_t index) { return descriptions[index]; }
EXPORT(description_capacity) uint32_t sim_description_capacity(void) { return DESCRIPTION_BYTES_MAX; }
EXPORT(topic_at) void *sim_topic_at(void) { return topic_in; }
EXPORT(payload_at) void *sim_payload_at(void) { return payload_in; }
EXPORT(result_at) void *sim_result_at(void) { return words; }

/* Whether it may be replaced: it has been started and does not stand by. */
static bool is_in_charge(const struct container *self) {
  return self->state > CONTAINER_LOADED && !swap_stands_by(self);
}

/* 0 or a negated enum error_code; FULL if the slot is taken, NOT_FOUND if the predecessor is not in charge. `size` bytes at
   description_at are read. `predecessor` is the container to be replaced, or NO_CONTAINER. */
EXPORT(load) int32_t sim_load(uint32_t index, uint32_t size, uint32_t predecessor) {
  struct container *self = &containers[index], *other = NULL;
  if (self->state != CONTAINER_EMPTY) return -ERROR_FULL;
  if (predecessor != NO_CONTAINER) {
    other = &containers[predecessor];
    if (!is_in_charge(other)) return -ERROR_NOT_FOUND;
  }
  return container_load(self, (const uint8_t *)descriptions[index], size, other);
}

/* 0 or a negated enum error_code: NOT_FOUND unless one is in charge and the other loaded, FULL if too many trials go on. */
EXPORT(swap) int32_t sim_swap(uint32_t index, uint32_t successor) {
  struct container *self = &containers[index], *other = &containers[successor];
  if (!is_in_charge(self) || other->state != CONTAINER_LOADED) return -ERROR_NOT_FOUND;
  return swap_begin(self, other);
}

/* enum trap_code. Does nothing unless the container is loaded and has not been started. */
EXPORT(start) uint32_t sim_start(uint32_t index) {
  struct container *self = &containers[index];
  return self->state == CONTAINER_LOADED ? (uint32_t)container_start(self) : self->trap;
}

EXPORT(stop) void sim_stop(uint32_t index) { container_stop(&containers[index]); }

/* One host call. enum trap_code: unless it is none, TypeScript leaves the container by an exception. A container
   that goes on after a trap gets nothing. */
EXPORT(call) uint32_t sim_call(uint32_t index, uint32_t number, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  struct container *self = &containers[index];
  if (self->trap != TRAP_NONE) return self->trap;
  words[0] = a, words[1] = b, words[2] = c, words[3] = d;
  contract_call(self, number, words);
  if (container_is_late(self)) container_trap(self, TRAP_TIME_BUDGET); /* time passes here in a bus transfer only */
  return self->trap;
}

/* Delivers one event that is due. 0 if none is. */
EXPORT(run_next) uint32_t sim_run_next(void) { return event_run_next(); }

/* Microseconds, infinity if nothing will be due. */
EXPORT(next_due_us) double sim_next_due_us(void) {
  uint64_t due_us = event_next_due_us();
  return due_us == NEVER ? __builtin_inf() : (double)due_us;
}

EXPORT(pin_changed) void sim_pin_changed(uint32_t pin, uint32_t high, double time_us) {
  if (sim_is_watched(pin)) gpio_pin_changed(pin, high != 0, (uint64_t)time_us);
}

EXPORT(uart_received) void sim_uart_received(uint32_t port, double time_us) {
  uart_received(port, (uint64_t)time_us);
}

/* Routes the message at topic_at and payload_at; how many subscriptions took it. */
EXPORT(message_received) uint32_t sim_message_received(uint32_t topic_length, uint32_t length) {
  if (topic_length > TOPIC_BYTES_MAX || length > MESSAGE_BYTES_MAX) return 0;
  return message_route(topic_in, topic_length, payload_in, length);
}

static bool has_setting(const struct container *self, uint32_t setting) {
  return self->state != CONTAINER_EMPTY && setting < self->description->setting_count;
}

/* 0 or a negated enum error_code. */
EXPORT(setting_change) int32_t sim_setting_change(uint32_t index, uint32_t setting, int32_t value) {
  struct container *self = &containers[index];
  return has_setting(self, setting) ? settings_change(self, setting, value) : -ERROR_NOT_FOUND;
}

EXPORT(setting_value) int32_t sim_setting_value(uint32_t index, uint32_t setting) {
  struct container *self = &containers[index];
  return has_setting(self, setting) ? settings_value(self, setting) : 0;
}

EXPORT(events) uint32_t sim_events(uint32_t index) { return containers[index].events; }
EXPORT(dropped) uint32_t sim_dropped(uint32_t index) { return containers[index].dropped; }
EXPORT(missed) uint32_t sim_missed(uint32_t index) { return containers[index].missed; }
EXPORT(waiting) uint32_t sim_waiting(uint32_t index) { return containers[index].waiting; }
EXPORT(bindings) uint32_t sim_bindings(uint32_t index) { return containers[index].bindings; }
EXPORT(trap) uint32_t sim_trap(uint32_t index) { return containers[index].trap; }
EXPORT(stands_by) uint32_t sim_stands_by(uint32_t index) { return swap_stands_by(&containers[index]); }
EXPORT(on_trial) uint32_t sim_on_trial(uint32_t index) { return swap_on_trial(&containers[index]); }
EXPORT(state_at) uint32_t sim_state_at(uint32_t index) { return containers[index].state_at; }
EXPORT(failures) uint32_t sim_failures(uint32_t index) { return containers[index].failures; }
EXPORT(is_parked) uint32_t sim_is_parked(uint32_t index) { return containers[index].state == CONTAINER_PARKED; }
