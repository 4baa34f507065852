/* Who this device is, and chance. */
#include "drivers.h"

static uint8_t device_id[8];

void identity_init(void) { flash_read_id(device_id); }

void port_device_id(uint8_t out[8]) {
  for (uint32_t i = 0; i < sizeof(device_id); i++) out[i] = device_id[i];
}

/* 32 bits of the ring oscillator, the first one highest. It runs slower than the core, so there is a pause between two (2.17.5). */
uint32_t port_random_seed(void) {
  uint32_t seed = 0;
  for (uint32_t bit = 0; bit < 32; bit++) {
    for (uint32_t started_us = TIMER->timerawl; TIMER->timerawl - started_us < 2;) {
    }
    seed = seed << 1 | (ROSC_RANDOMBIT & 1);
  }
  return seed;
}
