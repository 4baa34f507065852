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

_Noreturn void kernel_main(void) {
  chip_init();
  native_note(chip_noted());
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
      uint64_t due_us = event_next_due_us();
      values_flush(due_us);
      uint64_t latest_us = port_now_us() + SLEEP_US_MAX;
      chip_sleep(due_us < latest_us ? due_us : latest_us);
    }
  }
}
