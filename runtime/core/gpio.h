/* Digital pins: logical levels, edges, debounce. */
#ifndef THIMBLE_GPIO_H
#define THIMBLE_GPIO_H

#include "event.h"

/* An input changed its electrical level at `time_us`, at or before now. Times do not decrease. When nobody watches it
   any more, the port learns it now. */
void gpio_pin_changed(uint32_t pin, bool high, uint64_t time_us);

/* The watch goes on from the level that it has taken as stable last and, if the input has another one now, from when that is to be
   stable: its due time, or a debounce from now on where that is NEVER. */
void gpio_resume(struct binding *watch);

/* If a watched input is by `now_us` stably at the other level, takes that as its level and queues the event. */
void gpio_settle(struct binding *watch, uint64_t now_us);

#endif
