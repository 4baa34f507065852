/* From reset to the main loop. */
#include "chip.h"
#include "container.h"
#include "event.h"
#include "installed.h"
#include "link.h"
#include "native.h"
#include "port.h"
#include "sandbox.h"
#include "values.h"

static void start_all(void) {
  for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
    if (containers[i].state == CONTAINER_LOADED) (void)container_start(&containers[i]);
  }
}

/* Nothing is due before `due_us`: time for what takes long, then for sleep. */
static void rest(uint64_t due_us) {
  uint64_t now_us = port_now_us();
  if (due_us < now_us) due_us = now_us;
  if (due_us > now_us + SLEEP_US_MAX) due_us = now_us + SLEEP_US_MAX;
  values_flush((uint32_t)due_us - (uint32_t)now_us);
  chip_sleep(due_us);
}

_Noreturn void kernel_main(void) {
  chip_init();
  native_noted = chip_noted();
  chip_note(0);
  sandbox_start();
  values_init();
  uint32_t places = installed_load();
  chip_start_clock();
  link_hello(places, (NOTED_RUNNER(native_noted) - 1) & LINK_NOBODY); /* 0, the kernel itself, becomes LINK_NOBODY */
  start_all();
  native_noted = 0;
  for (;;) {
    chip_feed_watchdog();
    chip_poll();
    if (event_run_next()) {
      values_flush(0);
    } else {
      rest(event_next_due_us());
    }
  }
}
