#include "gpio.h"

#include "port.h"

#define DEBOUNCE_MS_MAX 1000u

bool gpio_read(struct container *self, const struct need *pin) {
  (void)self;
  return port_pin_read(pin->pins[0]) != (pin->active_low != 0);
}

void gpio_write(struct container *self, const struct need *pin, bool active) {
  (void)self;
  port_pin_write(pin->pins[0], active != (pin->active_low != 0));
}

void gpio_toggle(struct container *self, const struct need *pin) {
  gpio_write(self, pin, !gpio_read(self, pin));
}

void gpio_watch(struct container *self, const struct need *pin, uint32_t edges, uint32_t debounce_ms,
                uint32_t handler) {
  if (debounce_ms > DEBOUNCE_MS_MAX) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return;
  }
  uint32_t subject = need_index(self, pin);
  struct binding *watch = binding_claim(self, SOURCE_PIN, subject);
  if (watch == NULL) return;
  /* What an earlier watch of this input has queued was for other edges or another handler. */
  events_forget(watch);
  watch->handler = handler;
  watch->interval_ms = debounce_ms;
  watch->edges = (uint8_t)edges;
  watch->due_us = NEVER;
  watch->active = gpio_read(self, pin);
  port_pin_watch(pin->pins[0], true);
}

void gpio_unwatch(struct container *self, const struct need *pin) {
  struct binding *watch = binding_find(self, SOURCE_PIN, need_index(self, pin));
  if (watch == NULL) return;
  binding_remove(watch);
  gpio_update_watch(pin->pins[0]);
}

static const struct need *watched_need(const struct binding *watch) {
  return &description_needs(containers[watch->owner].description)[watch->subject];
}

void gpio_update_watch(uint32_t pin) {
  bool watched = false;
  for (const struct binding *watch = bindings; watch < bindings_end; watch++) {
    if (watch->source == SOURCE_PIN && watched_need(watch)->pins[0] == pin) watched = true;
  }
  port_pin_watch(pin, watched);
}

void gpio_settle(struct binding *watch, uint64_t now_us) {
  uint64_t due_us = watch->due_us;
  if (due_us > now_us) return;
  watch->active = !watch->active;
  watch->due_us = NEVER;
  if (watch->edges == (watch->active ? EDGES_FALLING : EDGES_RISING)) return;
  event_post(watch, watch->active, due_us, NO_MESSAGE);
}

void gpio_pin_changed(uint32_t pin, bool high, uint64_t time_us) {
  for (struct binding *watch = bindings; watch < bindings_end; watch++) {
    if (watch->source != SOURCE_PIN) continue;
    const struct need *need = watched_need(watch);
    if (need->pins[0] != pin) continue;
    /* A level that was stable for long enough counts, even though its event could not run yet. */
    gpio_settle(watch, time_us);
    bool active = high != (need->active_low != 0);
    /* NEVER if it has bounced back. */
    watch->due_us = active == watch->active ? NEVER : time_us + watch->interval_ms * 1000u;
    gpio_settle(watch, time_us);
  }
}
