/* Digital pins: logical levels, edges, debounce. */
#ifndef THIMBLE_GPIO_H
#define THIMBLE_GPIO_H

#include "event.h"

/* An input changed its electrical level at `time_us`, at or before now. Times do not decrease. */
void gpio_pin_changed(uint32_t pin, bool high, uint64_t time_us);

/* If a watched input is by `now_us` stably at the other level, takes that as its level and queues the event. */
void gpio_settle(struct binding *watch, uint64_t now_us);

/* Tells the port whether any binding still watches this pin. */
void gpio_update_watch(uint32_t pin);

#endif
