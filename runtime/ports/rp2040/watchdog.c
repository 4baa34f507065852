/* The watchdog: fed by the main loop, it resets the chip but for the oscillators, 8 s after the last time. An event may take 10 s, so each
   feeding by the main loop is followed by one by the timer, 6 s later: what wedges is ended after 14 s at most. */
#include "contract.h"
#include "drivers.h"

#define SECOND_FEEDING_US 6000000u
#define ALARM 2

/* Of the scratch registers the boot ROM has 4 to 7. */
enum { SCRATCH_NOTE, SCRATCH_PANIC };

static void feed(void) { WATCHDOG->load = WATCHDOG_LONGEST; }

void chip_feed_watchdog(void) {
  struct timer *timer = TIMER;
  feed();
  timer->alarm[ALARM] = timer->timerawl + SECOND_FEEDING_US;
}

void watchdog_interrupt(void) {
  TIMER->intr = 1u << ALARM;
  feed();
}

void chip_note(uint32_t word) { WATCHDOG->scratch[SCRATCH_NOTE] = word; }

uint32_t chip_noted(void) { return WATCHDOG->scratch[SCRATCH_NOTE]; }

_Noreturn void chip_panic(uint32_t reason) {
  struct watchdog *watchdog = WATCHDOG;
  interrupts_off();
  watchdog->scratch[SCRATCH_PANIC] = reason;
  watchdog->ctrl = WATCHDOG_TRIGGER;
  for (;;) {
  }
}

uint32_t port_reset_reason(void) {
  uint32_t watchdog = WATCHDOG->reason;
  uint32_t chip = CHIP_RESET;
  if (watchdog & WATCHDOG_REASON_TIMER) return RESET_REASON_WATCHDOG;
  if (watchdog & WATCHDOG_REASON_FORCE) return RESET_REASON_SOFTWARE;
  if (chip & CHIP_RESET_HAD_RUN) return RESET_REASON_RESET_PIN;
  if (chip & CHIP_RESET_HAD_POR) return RESET_REASON_POWER_ON;
  return RESET_REASON_UNKNOWN;
}
