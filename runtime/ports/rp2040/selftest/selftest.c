/* In place of the kernel's main loop: measures on a board what `npm run bench` measures on the emulated one, and tells it as lines of the log,
   again and again. Time is that of the timer, over so many rounds that a microsecond is nothing. */
#include "chip.h"
#include "drivers.h"
#include "event.h"
#include "link.h"
#include "native.h"
#include "port.h"
#include "sandbox.h"
#include "text.h"
#include "values.h"

#define CYCLES_PER_US (CLOCK_HZ / 1000000u)
#define CALLS 1000u
#define ROUNDS 64u

/* The LED of a Pico, and a pin that is driven from here. */
enum { OUTPUT_PIN = 25, INPUT_PIN = 22 };
/* Functions of the container. */
enum { NOTHING, WRITE_OFTEN, TURN_OFTEN, WATCH };

extern const struct payload selftest_payload;

static const uint16_t memory_sizes[] = {256, 1024, 2048, 4096, 8192};
#define CONTAINERS (sizeof(memory_sizes) / sizeof(memory_sizes[0]))

struct wired {
  struct description head;
  struct need needs[2];
};
static struct wired descriptions[CONTAINERS];

struct line {
  const char *what;
  uint32_t cycles; /* 0: there was nothing to measure */
};
static struct line lines[CONTAINERS + 3];
static uint32_t line_count;

static uint32_t now_us(void) { return (uint32_t)port_now_us(); }

static void note(const char *what, uint32_t us, uint32_t rounds) {
  lines[line_count++] = (struct line){what, (us * CYCLES_PER_US + rounds / 2) / rounds};
}

static void load(uint32_t index) {
  struct wired *wired = &descriptions[index];
  *wired = *(const struct wired *)(const void *)(&selftest_payload + 1);
  wired->head.memory_bytes = memory_sizes[index];
  wired->needs[0].pins[0] = OUTPUT_PIN;
  wired->needs[1].pins[0] = INPUT_PIN;
  const struct payload *payload = &selftest_payload;
  if (native_load(&containers[index], payload, payload->bytes, &wired->head, sizeof *wired, NULL) < 0) chip_panic(index);
}

/* What waits to be sent makes place, so that no round does more than another. */
static void drain(void) {
  uint8_t bytes[64];
  while (link_take(bytes, sizeof bytes) != 0) {
  }
}

static uint32_t call_us(uint32_t index, uint32_t entry, int32_t value) {
  uint32_t start_us = now_us();
  if (port_container_call(&containers[index], entry, value) != TRAP_NONE) chip_panic(entry);
  return now_us() - start_us;
}

static void measure_instantiation(void) {
  static const char *const names[CONTAINERS] = {"instantiate, 256 B of memory", "instantiate, 1 KB", "instantiate, 2 KB",
                                                "instantiate, 4 KB", "instantiate, 8 KB"};
  for (uint32_t i = 0; i < CONTAINERS; i++) {
    uint32_t us = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
      drain();
      (void)call_us(i, NOTHING, 0);
      uint32_t start_us = now_us();
      for (uint32_t again = 0; again < 4; again++) (void)port_container_instantiate(&containers[i]);
      us += now_us() - start_us;
      chip_feed_watchdog();
    }
    note(names[i], us, 4 * ROUNDS);
  }
}

static void measure_calls(void) {
  uint32_t empty_us = call_us(0, TURN_OFTEN, CALLS);
  note("host call gpio.write", call_us(0, WRITE_OFTEN, CALLS) - empty_us, CALLS);
  uint32_t same_us = 0, other_us = 0;
  for (uint32_t round = 0; round < CALLS; round++) {
    same_us += call_us(0, NOTHING, 0);
    chip_feed_watchdog();
  }
  for (uint32_t round = 0; round < CALLS; round++) {
    other_us += call_us(round % 2, NOTHING, 0);
    chip_feed_watchdog();
  }
  note("the stack changes its owner", other_us - same_us, CALLS);
}

/* The input sees what this drives its own pin with. From the write to the end of the handler that follows it. */
static void measure_edges(void) {
  struct sio *sio = SIO;
  (void)call_us(0, WATCH, 0);
  sio->gpio_oe_set = 1u << INPUT_PIN;
  uint32_t us = 0, seen = 0;
  for (uint32_t round = 0; round < ROUNDS; round++) {
    uint32_t start_us = now_us(), passed_us = 0;
    port_pin_write(INPUT_PIN, round % 2 == 0);
    bool done = false;
    while (!done && passed_us < 1000) {
      chip_poll();
      done = event_run_next();
      passed_us = now_us() - start_us;
    }
    if (!done) continue;
    us += passed_us;
    seen++;
  }
  sio->gpio_oe_clear = 1u << INPUT_PIN;
  if (seen != 0) note("pin edge to the end of its handler", us, seen);
}

static void tell(const struct line *line) {
  uint8_t bytes[64];
  uint32_t length = 0;
  while (line->what[length] != 0) length++;
  uint8_t *end = text_bytes(bytes, (const uint8_t *)line->what, length);
  end = text_bytes(end, (const uint8_t *)": ", 2);
  end = text_number(end, (int32_t)line->cycles, 0);
  end = text_bytes(end, (const uint8_t *)" cycles", 7);
  (void)port_log(&containers[0], LEVEL_INFO, bytes, (uint32_t)(end - bytes));
}

_Noreturn void kernel_main(void) {
  chip_init();
  chip_note(0);
  sandbox_start();
  values_init();
  for (uint32_t i = 0; i < CONTAINERS; i++) load(i);
  chip_start_clock();
  link_hello(0, LINK_NOBODY);
  for (uint32_t i = 0; i < CONTAINERS; i++) (void)container_start(&containers[i]);
  measure_instantiation();
  measure_calls();
  measure_edges();
  drain();
  for (;;) {
    for (uint32_t i = 0; i < line_count; i++) tell(&lines[i]);
    uint64_t next_us = port_now_us() + 2000000u;
    while (port_now_us() < next_us) {
      chip_feed_watchdog();
      chip_poll();
      chip_sleep(next_us);
    }
  }
}
