/* From reset to the main loop. */
#include "chip.h"
#include "container.h"
#include "event.h"
#include "installed.h"
#include "link.h"
#include "sandbox.h"

static void start_all(void) {
  for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
    if (containers[i].state == CONTAINER_LOADED) (void)container_start(&containers[i]);
  }
}

_Noreturn void kernel_main(void) {
  chip_init();
  uint32_t noted = chip_noted();
  chip_note(0);
  sandbox_init();
  installed_load();
  chip_start_clock();
  link_hello(noted - 1); /* 0, the kernel itself, becomes LINK_NONE */
  start_all();
  for (;;) {
    chip_feed_watchdog();
    chip_poll();
    if (!event_run_next()) chip_sleep(event_next_due_us());
  }
}
