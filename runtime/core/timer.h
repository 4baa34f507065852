/* Timers: bindings with a due time. A timer waits in its binding, so it takes no place in the queue and is
   never dropped. */
#ifndef THIMBLE_TIMER_H
#define THIMBLE_TIMER_H

#include "event.h"

/* Arms the one timer that an ended container has: it is started again after `delay_ms`. */
void timer_arm_restart(struct container *self, uint32_t delay_ms);

/* Arms the timer for its next period, or removes it if it has none, then calls its handler.
   Precondition: it is due. */
void timer_deliver(struct binding *timer, uint64_t now_us);

#endif
