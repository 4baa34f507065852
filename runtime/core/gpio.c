#include "gpio.h"

#include "port.h"
#include "swap.h"

/* `active_low` is 0 or 1, which the compiler does not know: & 1 is cheaper than a comparison with 0. */
bool gpio_read(struct container *self, const struct need *pin) {
  (void)self;
  return (port_pin_read(pin->pins[0]) ^ pin->active_low) & 1;
}

void gpio_write(struct container *self, const struct need *pin, bool active) {
  (void)self;
  port_pin_write(pin->pins[0], (active ^ pin->active_low) & 1);
}

void gpio_toggle(struct container *self, const struct need *pin) {
  gpio_write(self, pin, !gpio_read(self, pin));
}

void gpio_watch(struct container *self, const struct need *pin, uint32_t edges, uint32_t debounce_ms,
                uint32_t handler) {
  struct binding *watch = binding_claim(self, SOURCE_PIN, (uintptr_t)pin, handler);
  if (watch == NULL) return;
  watch->debounce_ms = debounce_ms & 0x3FFFu;
  watch->edges = edges & 3u;
  watch->active = gpio_read(self, pin);
  watch_inherit(watch, swap_replaced());
  gpio_resume(watch);
}

/* The input has this electrical level at this time: it is to be stable a debounce later, if it is another one than was taken as stable,
   and that is not so already. */
__attribute__((noinline)) static void follow(struct binding *watch, bool high, uint64_t time_us) {
  if ((high ^ binding_need(watch)->active_low) == watch->active) {
    watch->due_us = NEVER; /* as before, or it has bounced back */
  } else if (watch->due_us == NEVER) {
    watch->due_us = time_us + watch->debounce_ms * 1000u;
  }
}

void gpio_resume(struct binding *watch) {
  uint32_t pin = binding_need(watch)->pins[0];
  follow(watch, port_pin_read(pin), port_now_us());
  port_pin_watch(pin, true);
}

void gpio_unwatch(struct container *self, const struct need *pin) {
  binding_cancel(self, SOURCE_PIN, (uintptr_t)pin);
}

void gpio_settle(struct binding *watch, uint64_t now_us) {
  uint64_t due_us = watch->due_us;
  if (due_us > now_us) return;
  watch->active = !watch->active;
  watch->due_us = NEVER;
  _Static_assert(EDGES_FALLING == 1 && EDGES_RISING == 0, "the level that is not asked for");
  if (watch->edges != watch->active) (void)event_post(watch, watch->active, due_us);
}

void gpio_pin_changed(uint32_t pin, bool high, uint64_t time_us) {
  bool is_watched = false;
  for (struct binding *watch = bindings; watch->owner != NULL; watch++) {
    if (watch->source != SOURCE_PIN || binding_need(watch)->pins[0] != pin) continue;
    is_watched = true;
    /* A level that was stable for long enough counts, even though its event could not run yet. */
    gpio_settle(watch, time_us);
    follow(watch, high, time_us);
    gpio_settle(watch, time_us);
  }
  if (!is_watched) port_pin_watch(pin, false);
}
