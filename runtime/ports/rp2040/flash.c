/* The flash. Functions of the boot ROM erase and program it, while it cannot be read: all of this is done in RAM with interrupts
   off, 45 ms an erase (400 ms at worst), 0.8 ms a page. */
#include <stddef.h>

#include "drivers.h"

/* That of a Raspberry Pi Pico. */
const uint32_t chip_flash_bytes = 2u << 20;

#define FLASH_START 0x10000000u

/* The boot ROM's functions have two letters (2.8.3.1). */
#define ROM_CODE(a, b) ((uint32_t)(a) | (uint32_t)(b) << 8)
/* No function: the id is read. */
#define ID_CODE 1u
#define ROM_TABLE 0x14u
#define ROM_LOOKUP 0x18u

/* What reads the flash at 125 MHz / 4, as boot2.S does. */
#define SSI_DIVIDER 4u

/* Command 4Bh, then four bytes that say nothing, then the id. */
#define READ_ID 0x4bu
#define ID_OFFSET 5u
#define ID_BYTES 8u

/* Nothing of these may end up elsewhere. */
#define IN_RAM __attribute__((section(".ram_code"), noipa))

IN_RAM static void call_rom(uint32_t a, uint32_t b, uint32_t c, uint32_t code) {
  typedef void *lookup_function(uint32_t table, uint32_t code);
  typedef void rom_function(uint32_t a, uint32_t b, uint32_t c);
  const uint8_t *rom = block(0);
  lookup_function *lookup = (lookup_function *)(uintptr_t) * (const uint16_t *)(rom + ROM_LOOKUP);
  rom_function *function = (rom_function *)lookup(*(const uint16_t *)(rom + ROM_TABLE), code);
  function(a, b, c);
}

/* All 13 bytes fit the queue of the SSI, which keeps the flash selected until they are through. */
static inline __attribute__((always_inline)) void read_id(uint8_t *id) {
  struct ssi *ssi = SSI;
  ssi->dr0 = READ_ID;
  for (uint32_t i = 1; i < ID_OFFSET + ID_BYTES; i++) ssi->dr0 = 0;
  for (uint32_t i = 0; i < ID_OFFSET + ID_BYTES; i++) {
    while (!(ssi->sr & SSI_SR_RFNE)) {
    }
    /* What comes in before the id is written over. */
    id[(i - ID_OFFSET) % ID_BYTES] = (uint8_t)ssi->dr0;
  }
}

/* One function of the ROM between those that make the flash ready for it and readable again: connect, leave XIP; flush the cache,
   enter XIP, slowly. They take no arguments. With ID_CODE the id is read, to b. */
IN_RAM __attribute__((long_call)) static void with_flash(uint32_t a, uint32_t b, uint32_t c, uint32_t code) {
  static uint16_t codes[] = {ROM_CODE('I', 'F'), ROM_CODE('E', 'X'), 0, ROM_CODE('F', 'C'), ROM_CODE('C', 'X'), 0};
  codes[2] = (uint16_t)code;
  interrupts_off();
  for (const uint16_t *each = codes; *each != 0; each++) {
    if (*each == ID_CODE) {
      read_id((uint8_t *)b);
    } else {
      call_rom(a, b, c, *each);
    }
  }
  struct ssi *ssi = SSI;
  ssi->enable = 0;
  ssi->baudr = SSI_DIVIDER;
  ssi->enable = 1;
  interrupts_on();
}

const uint8_t *chip_flash_at(uint32_t offset) { return (const uint8_t *)(uintptr_t)(FLASH_START + offset); }

void chip_flash_erase(uint32_t offset) {
  /* Sector by sector: a block is larger than the flash, so the fourth argument, the command that erases one, is not looked at. */
  with_flash(offset, SECTOR_BYTES, 1u << 31, ROM_CODE('R', 'E'));
}

void chip_flash_program(uint32_t offset, const uint8_t bytes[PAGE_BYTES]) {
  with_flash(offset, (uint32_t)(uintptr_t)bytes, PAGE_BYTES, ROM_CODE('R', 'P'));
}

void port_device_id(uint8_t out[8]) { with_flash(0, (uint32_t)(uintptr_t)out, 0, ID_CODE); }

_Noreturn void chip_boot_rom_usb(void) {
  void (*volatile call)(uint32_t, uint32_t, uint32_t, uint32_t) = call_rom;
  call(0, 0, 0, ROM_CODE('U', 'B'));
  __builtin_unreachable();
}
