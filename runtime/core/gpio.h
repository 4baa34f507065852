/* Digital pins: logical levels, edges, debounce. */
#ifndef THIMBLE_GPIO_H
#define THIMBLE_GPIO_H

#include "event.h"

/* An input changed its electrical level at `time_us`, at or before now. Times do not decrease. When nobody watches it
   any more, the port learns it now. */
void gpio_pin_changed(uint32_t pin, bool high, uint64_t time_us);

/* From now on the level of an input is watched, beginning with that of now. */
void gpio_begin(struct container *self, struct binding *watch);

/* If a watched input is by `now_us` stably at the other level, takes that as its level and queues the event. */
void gpio_settle(struct binding *watch, uint64_t now_us);

#endif
