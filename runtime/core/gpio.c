#include "gpio.h"

#include "port.h"
#include "swap.h"

bool gpio_read(struct container *self, const struct need *pin) {
  (void)self;
  return (port_pin_read(pin->pins[0]) ^ pin->active_low) & 1;
}

void gpio_write(struct container *self, const struct need *pin, bool active) {
  (void)self;
  port_pin_write(pin->pins[0], active ^ pin->active_low);
}

void gpio_toggle(struct container *self, const struct need *pin) {
  gpio_write(self, pin, !gpio_read(self, pin));
}

void gpio_watch(struct container *self, const struct need *pin, uint32_t edges, uint32_t debounce_ms,
                uint32_t handler) {
  struct binding *watch = binding_claim(self, SOURCE_PIN, (uintptr_t)pin, handler);
  if (watch == NULL) return;
  /* What an earlier watch of this input has queued was for other edges or another handler. */
  events_forget(watch);
  watch->interval_ms = debounce_ms;
  watch->edges = (uint8_t)edges;
  watch->active = gpio_read(self, pin);
  watch_inherit(watch, swap_replaced());
  gpio_resume(watch);
}

void gpio_resume(struct binding *watch) {
  const struct need *pin = binding_need(watch);
  bool has_changed = gpio_read(watch->owner, pin) != watch->active;
  if (!has_changed) watch->due_us = NEVER;
  if (has_changed && watch->due_us == NEVER) watch->due_us = port_now_us() + watch->interval_ms * 1000u;
  port_pin_watch(pin->pins[0], true);
}

void gpio_unwatch(struct container *self, const struct need *pin) {
  binding_cancel(self, SOURCE_PIN, (uintptr_t)pin);
}

void gpio_settle(struct binding *watch, uint64_t now_us) {
  uint64_t due_us = watch->due_us;
  if (due_us > now_us) return;
  watch->active = !watch->active;
  watch->due_us = NEVER;
  if (watch->edges == (watch->active ? EDGES_FALLING : EDGES_RISING)) return;
  (void)event_post(watch, watch->active, due_us);
}

void gpio_pin_changed(uint32_t pin, bool high, uint64_t time_us) {
  bool is_watched = false;
  for (struct binding *watch = bindings; watch < bindings_end; watch++) {
    if (watch->source != SOURCE_PIN) continue;
    const struct need *need = binding_need(watch);
    if (need->pins[0] != pin) continue;
    is_watched = true;
    /* A level that was stable for long enough counts, even though its event could not run yet. */
    gpio_settle(watch, time_us);
    uint32_t active = high ^ need->active_low;
    /* NEVER if it has bounced back. */
    watch->due_us = active == watch->active ? NEVER : time_us + watch->interval_ms * 1000u;
    gpio_settle(watch, time_us);
  }
  port_pin_watch(pin, is_watched);
}
