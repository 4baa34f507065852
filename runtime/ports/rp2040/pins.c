/* Digital pins. Edges are noted by the interrupt and told to the core by the main loop. */
#include "gpio.h"

#include "drivers.h"

/* A power of two: what bounces between two rounds of the main loop. */
#define EDGES_MAX 32u
#define TIME_BITS 26u

/* Noted edges. */
static volatile struct {
  uint32_t noted, told; /* how many */
  uint32_t lost;        /* there was no room for one */
  uint32_t edges[EDGES_MAX]; /* microseconds, the lowest 26 bits (67 s, longer than any event) << 6 | level << 5 | pin */
} ring;

bool pins_select(uint32_t pin, uint32_t function, uint32_t pad) {
  if (pin >= PIN_COUNT) return false;
  PADS_BANK0->gpio[pin] = pad;
  IO_BANK0->gpio[pin].ctrl = function;
  return true;
}

/* The level and the direction come first, so that the pad never shows anything else. */
bool pins_open(const struct need *need) {
  uint32_t pin = need->pins[0];
  if (pin >= PIN_COUNT) return false;
  /* PULL_NONE adds a bit that is there already. */
  _Static_assert(PAD_DRIVE_4MA >> PULL_UP == PAD_PULL_UP && PAD_DRIVE_4MA >> PULL_DOWN == PAD_PULL_DOWN, "2.19.6.3");
  port_pin_write(pin, need->active_low);
  reg *set = &SIO->gpio_oe_set;
  set[need->kind == NEED_GPIO_IN] = 1u << pin;
  return pins_select(pin, FUNCTION_SIO, PAD_DIGITAL | PAD_DRIVE_4MA >> need->pull);
}

bool port_pin_read(uint32_t pin) {
  struct sio *sio = SIO;
  uint32_t outputs = sio->gpio_oe;
  return ((sio->gpio_out & outputs) | (sio->gpio_in & ~outputs)) >> pin & 1;
}

void port_pin_write(uint32_t pin, uint32_t high) {
  /* The register before is the one that sets. */
  struct sio *sio = block(SIO_BASE - sizeof(reg) * high);
  sio->gpio_out_clear = 1u << pin;
}

/* As a part of its callers it would be larger than by itself. */
__attribute__((noinline)) void port_pin_watch(uint32_t pin, bool on) {
  struct io_bank0_edges *edges = IO_BANK0_EDGES;
  uint32_t both = (EDGE_LOW | EDGE_HIGH) << pin % 8 * 4;
  /* Edges before the watch do not count. */
  edges->intr[pin / 8] = both;
  reg *enabled = &edges->inte[pin / 8];
  *(on ? &SET_BITS(*enabled) : &CLEAR_BITS(*enabled)) = both;
}

static void note(uint32_t pin, uint32_t levels, uint32_t time_us) {
  uint32_t count = ring.noted;
  if (count - ring.told == EDGES_MAX) {
    ring.lost = 1;
    return;
  }
  ring.edges[count % EDGES_MAX] = time_us << 6 | (levels >> pin & 1) << 5 | pin;
  ring.noted = count + 1;
}

void pins_interrupt(void) {
  struct io_bank0_edges *edges = IO_BANK0_EDGES;
  uint32_t time_us = TIMER->timerawl;
  for (uint32_t bank = 0; bank < 4; bank++) {
    uint32_t pending = edges->ints[bank];
    edges->intr[bank] = pending;
    for (uint32_t pin = bank * 8; pending; pin++, pending >>= 4) {
      uint32_t way = pending & (EDGE_LOW | EDGE_HIGH);
      if (way == 0) continue;
      uint32_t levels = way == EDGE_LOW ? 0 : ~0u;
      if (way == (EDGE_LOW | EDGE_HIGH)) {
        /* Both ways since the last time: the level tells which edge came last. */
        levels = SIO->gpio_in;
        note(pin, ~levels, time_us);
      }
      note(pin, levels, time_us);
    }
  }
}

bool pins_noted(void) { return ring.noted != ring.told; }

void pins_poll(void) {
  while (pins_noted()) {
    uint32_t edge = ring.edges[ring.told % EDGES_MAX];
    ring.told++;
    uint64_t now_us = port_now_us();
    uint32_t age_us = ((uint32_t)now_us - (edge >> 6)) << (32 - TIME_BITS) >> (32 - TIME_BITS);
    gpio_pin_changed(edge & 31, edge >> 5 & 1, now_us - age_us);
    if (pins_noted() || !ring.lost) continue;
    /* The last edges are not known: the levels of all pins are. No level changes between. */
    interrupts_off();
    ring.lost = 0;
    uint32_t levels = SIO->gpio_in;
    for (uint32_t pin = 0; pin < PIN_COUNT; pin++) note(pin, levels, TIMER->timerawl);
    interrupts_on();
  }
}
