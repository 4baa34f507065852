/* The watchdog: where nobody feeds it for 3 s it resets the chip but for the oscillators. No transfer on a bus and no erasing of flash
   takes as long. */
#include "contract.h"
#include "drivers.h"

/* Of the scratch registers the boot ROM has 4 to 7. It reboots by the watchdog too, after a file came over USB, and then writes 0 or
   a code of its own to 4 (2.8.1.1). */
enum { SCRATCH_NOTE, SCRATCH_PANIC, SCRATCH_ROM = 4 };
#define NOT_THE_ROM 1u

static uint8_t reset_reason;

/* It counts two a microsecond (erratum RP2040-E1): 3 s. */
#define WATCHDOG_LOAD 6000000u

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

static uint8_t read_reset_reason(const struct watchdog *watchdog) {
  uint32_t chip = CHIP_RESET;
  if (watchdog->reason & WATCHDOG_REASON_FORCE) return RESET_REASON_SOFTWARE;
  if (watchdog->reason & WATCHDOG_REASON_TIMER) {
    return watchdog->scratch[SCRATCH_ROM] == NOT_THE_ROM ? RESET_REASON_WATCHDOG : RESET_REASON_SOFTWARE;
  }
  if (chip & CHIP_RESET_HAD_RUN) return RESET_REASON_RESET_PIN;
  return chip & CHIP_RESET_HAD_POR ? RESET_REASON_POWER_ON : RESET_REASON_UNKNOWN;
}

void watchdog_init(void) {
  struct watchdog *watchdog = WATCHDOG;
  reset_reason = read_reset_reason(watchdog);
  watchdog->scratch[SCRATCH_ROM] = NOT_THE_ROM;
  watchdog->load = WATCHDOG_LOAD;
  watchdog->ctrl = WATCHDOG_ENABLE | WATCHDOG_PAUSE_IN_DEBUG;
}

uint32_t port_reset_reason(void) { return reset_reason; }
