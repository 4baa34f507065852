/* Digital pins. Edges are noted by the interrupt and told to the core by the main loop. */
#include "gpio.h"

#include "buses.h"
#include "drivers.h"

/* A power of two: what bounces between two rounds of the main loop. */
#define EDGES_MAX 128u
#define TIME_BITS 26u

/* Noted edges. */
static volatile struct {
  uint32_t noted, told; /* how many */
  uint32_t edges[EDGES_MAX]; /* microseconds, the lowest 26 bits (67 s, longer than any event) << 6 | level << 5 | pin */
} ring;

/* As a part of its callers it would be larger than by itself. */
__attribute__((noinline)) bool pins_select(uint32_t pin, uint32_t function, uint32_t pad) {
  if (pin >= PIN_COUNT) return false;
  PADS_BANK0->gpio[pin] = pad;
  IO_BANK0->gpio[pin].ctrl = function;
  return true;
}

/* To clear bits, or to set them: then at the place of each register that clears is the one before it. */
static inline struct sio *sio_for(uint32_t set) { return block(SIO_BASE - sizeof(reg) * set); }

/* The level and the direction come first, so that the pad never shows anything else. */
bool pins_open(uint32_t pin, uint32_t high, uint32_t is_output, uint32_t pull) {
  if (pin >= PIN_COUNT) return false;
  /* PULL_NONE adds a bit that is there already. */
  _Static_assert(PAD_DRIVE_4MA >> PULL_UP == PAD_PULL_UP && PAD_DRIVE_4MA >> PULL_DOWN == PAD_PULL_DOWN, "2.19.6.3");
  port_pin_write(pin, high);
  sio_for(is_output)->gpio_oe_clear = 1u << pin;
  return pins_select(pin, FUNCTION_SIO, PAD_DIGITAL | PAD_DRIVE_4MA >> pull);
}

bool port_pin_read(uint32_t pin) {
  struct sio *sio = SIO;
  uint32_t outputs = sio->gpio_oe;
  return ((sio->gpio_out & outputs) | (sio->gpio_in & ~outputs)) >> pin & 1;
}

void port_pin_write(uint32_t pin, uint32_t high) {
  sio_for(high)->gpio_out_clear = 1u << pin;
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

void source_note(uint32_t source, uint32_t level) {
  uint32_t count = ring.noted;
  ring.edges[count % EDGES_MAX] = TIMER->timerawl << 6 | level << 5 | source;
  ring.noted = count + 1;
}

/* Where there may be no room for what it finds it waits until all is told: the chip keeps which edges each pin had. */
void pins_interrupt(void) {
  if (ring.noted - ring.told > EDGES_MAX - 2 * SOURCE_COUNT) {
    NVIC_ICER = 1u << IRQ_IO_BANK0;
    return;
  }
  reg *latched = IO_BANK0_EDGES->intr;
  for (uint32_t first = 0; first < 32; first += 8, latched++) {
    uint32_t pending = latched[EDGE_INTS_AFTER_INTR];
    *latched = pending;
    for (uint32_t pin = first; pending; pin++, pending >>= 4) {
      /* An edge to the level that it has now was the last. */
      uint32_t other = ~SIO->gpio_in >> pin & 1;
      if (pending & EDGE_LOW << other) source_note(pin, other);
      if (pending & EDGE_HIGH >> other) source_note(pin, other ^ 1);
    }
  }
}

bool sources_noted(void) { return ring.noted != ring.told; }

void pins_poll(void) {
  while (sources_noted()) {
    uint32_t edge = ring.edges[ring.told % EDGES_MAX];
    ring.told++;
    uint64_t now_us = port_now_us();
    uint32_t age_us = ((uint32_t)now_us - (edge >> 6)) << (32 - TIME_BITS) >> (32 - TIME_BITS);
    uint32_t source = edge & 31;
    if (source < PIN_COUNT) {
      gpio_pin_changed(source, edge >> 5 & 1, now_us - age_us);
    } else {
      uart_noted(source - PIN_COUNT, now_us - age_us);
    }
  }
  interrupts_enable();
}
