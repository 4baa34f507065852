/* A NOR flash that loses power at any operation. Included by a test, which states what the unit may touch: NOR_FIRST and NOR_END. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip.h"

#define FLASH_BYTES 0x40000u

#define NEVER_CUT 0xffffffffu

_Alignas(4) static uint8_t flash[FLASH_BYTES];
static uint32_t operations, cut_at, refused_at = NEVER_CUT, erasures[2];
static jmp_buf power_lost;
static uint32_t random_state;

static uint32_t random_below(uint32_t bound) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % bound;
}

static void fail(const char *what) {
  printf("%s\n", what);
  exit(1);
}

static void expect(bool holds, const char *what) {
  if (!holds) fail(what);
}

const uint8_t *chip_flash_at(uint32_t offset) { return flash + offset; }

/* The flash does nothing, and says nothing. */
static bool is_refused(void) {
  bool refused = operations == refused_at;
  operations += refused;
  return refused;
}

static bool is_cut(void) { return operations++ == cut_at; }

/* Power fails somewhere within: of the bits that change, a part has, at random or from the start on. */
static void change(uint32_t offset, const uint8_t *bytes, uint32_t length, bool whole) {
  uint32_t done = whole ? length : random_below(length + 1);
  bool scattered = !whole && random_below(2) != 0;
  for (uint32_t i = 0; i < length; i++) {
    uint8_t mask = scattered ? (uint8_t)random_below(256) : i < done ? 0xff : 0;
    flash[offset + i] = (uint8_t)((flash[offset + i] & ~mask) | (bytes[i] & mask));
  }
  if (!whole) longjmp(power_lost, 1);
}

void chip_flash_erase(uint32_t offset) {
  static const uint8_t blank[SECTOR_BYTES] = {[0 ... SECTOR_BYTES - 1] = 0xff};
  if (offset % SECTOR_BYTES != 0 || offset < NOR_FIRST || offset >= NOR_END) fail("erases something else");
  erasures[(offset - NOR_FIRST) / SECTOR_BYTES]++;
  if (is_refused()) return;
  change(offset, blank, SECTOR_BYTES, !is_cut());
}

void chip_flash_program(uint32_t offset, const uint8_t bytes[PAGE_BYTES]) {
  uint8_t result[PAGE_BYTES];
  if (is_refused()) return;
  if (offset % PAGE_BYTES != 0 || offset < NOR_FIRST || offset >= NOR_END) fail("programs something else");
  for (uint32_t i = 0; i < PAGE_BYTES; i++) {
    result[i] = flash[offset + i] & bytes[i];
    if (result[i] != bytes[i]) fail("programs what is not blank");
  }
  change(offset, result, PAGE_BYTES, !is_cut());
}
