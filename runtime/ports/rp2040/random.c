/* Chance: the ring oscillator's random bit. */
#include "drivers.h"

/* The core reads faster than the oscillator runs (2.17.5), so each bit of the seed is made of many. */
#define BITS_READ 1024u

uint32_t port_random_seed(void) {
  static uint32_t known;
  uint32_t seed = known;
  if (seed == 0) {
    for (uint32_t i = 0; i < BITS_READ; i++) seed = (seed << 1 | seed >> 31) ^ ROSC_RANDOMBIT;
    known = seed;
  }
  return seed;
}
