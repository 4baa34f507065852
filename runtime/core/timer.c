#include "timer.h"

#include "port.h"

static void arm(struct container *self, uint32_t handler, uint32_t delay_ms, uint32_t period_ms) {
  struct binding *timer = binding_claim(self, SOURCE_TIMER, handler, period_ms);
  if (timer != NULL) timer->due_us = port_now_us() + (uint64_t)delay_ms * 1000u;
}

/* Arms a timer for a handler that is there: credits count handlers. */
static void arm_handler(struct container *self, uint32_t handler, uint32_t delay_ms, uint32_t period_ms) {
  if (handler == START_ENTRY || handler >= port_container_entries(self)) {
    container_trap(self, TRAP_BAD_INDIRECT_CALL);
  } else {
    arm(self, handler, delay_ms, period_ms);
  }
}

void timer_every(struct container *self, uint32_t period_ms, uint32_t handler) {
  arm_handler(self, handler, period_ms, period_ms);
}

void timer_after(struct container *self, uint32_t delay_ms, uint32_t handler) {
  arm_handler(self, handler, delay_ms, 0);
}

void timer_arm_restart(struct container *self, uint32_t delay_ms) { arm(self, START_ENTRY, delay_ms, 0); }

void timer_cancel(struct container *self, uint32_t handler) {
  binding_cancel(self, SOURCE_TIMER, handler);
}

void timer_deliver(struct binding *timer, uint64_t now_us) {
  struct container *self = timer->owner;
  uint32_t handler = (uint32_t)timer->subject;
  if (timer->value == 0) {
    binding_remove(timer);
  } else {
    /* From the due time, not from now: no drift. Periods that have passed by now are missed: none for most, many after a
       trial. */
    uint64_t period_us = (uint64_t)timer->value * 1000u;
    uint64_t late_us = now_us - timer->due_us;
    uint64_t missed = late_us / period_us;
    timer->due_us = now_us - late_us % period_us + period_us;
    self->missed += (uint32_t)missed;
  }
  container_deliver(self, handler, 0);
}
