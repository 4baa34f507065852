/* The watchdog: where nobody feeds it for 3 s it resets the chip but for the oscillators. No transfer on a bus and no erasing of flash
   takes as long. */
#include "contract.h"
#include "drivers.h"

/* Of the scratch registers the boot ROM has 4 to 7. */
enum { SCRATCH_NOTE, SCRATCH_PANIC };

void chip_feed_watchdog(void) { WATCHDOG->load = WATCHDOG_LOAD; }

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
