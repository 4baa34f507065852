/* The flash: functions of the boot ROM erase and program it, while it cannot be read: so all of this is done in RAM with
   interrupts off, 45 ms an erase (400 ms at worst), 0.8 ms a page. */
#include "drivers.h"

#define FLASH_START 0x10000000u
#define SECTOR_BYTES 4096u
#define PAGE_BYTES 256u
#define ID_BYTES 8u

/* Functions of the boot ROM have two letters (2.8.3.1). */
#define ROM_CODE(a, b) ((uint32_t)(a) | (uint32_t)(b) << 8)
#define ROM_TABLE 0x14u
#define ROM_LOOKUP 0x18u

/* What reads the flash at 125 MHz / 4, as boot2.S does. */
#define SSI_DIVIDER 4u

typedef void plain_function(void);
typedef void erase_function(uint32_t offset, uint32_t bytes, uint32_t block_bytes, uint32_t block_command);
typedef void program_function(uint32_t offset, const uint8_t *bytes, uint32_t length);

struct rom {
  plain_function *connect, *exit_xip, *flush, *enter_xip;
  erase_function *erase;
  program_function *program;
};

/* What is to be done: `bytes` to program, or `id` to read, or else a sector to erase. */
struct work {
  uint32_t offset;
  const uint8_t *bytes;
  uint8_t *id;
};

static void *rom_function(uint32_t code) {
  typedef void *lookup_function(const uint16_t *table, uint32_t code);
  const uint16_t *table = (const uint16_t *)(uintptr_t) * (uint16_t *)block(ROM_TABLE);
  lookup_function *lookup = (lookup_function *)(uintptr_t) * (uint16_t *)block(ROM_LOOKUP);
  return lookup(table, code);
}

/* Command 4Bh, four bytes that say nothing, then the id. All 13 bytes fit the queue of the SSI, which holds the flash selected until they
   are through. */
static inline __attribute__((always_inline)) void read_id(uint8_t *id) {
  struct ssi *ssi = SSI;
  for (uint32_t i = 0; i < 5 + ID_BYTES; i++) ssi->dr0 = i == 0 ? 0x4b : 0;
  for (uint32_t i = 0; i < 5 + ID_BYTES; i++) {
    while (!(ssi->sr & SSI_SR_RFNE)) {
    }
    uint32_t byte = ssi->dr0;
    if (i >= 5) id[i - 5] = (uint8_t)byte;
  }
}

__attribute__((section(".ram_code"), noinline, long_call)) static void work_on_flash(const struct rom *rom,
                                                                                     const struct work *work) {
  rom->connect();
  rom->exit_xip();
  if (work->id) {
    read_id(work->id);
  } else if (work->bytes) {
    rom->program(work->offset, work->bytes, PAGE_BYTES);
  } else {
    /* Sector by sector: no block is as large as this says. */
    rom->erase(work->offset, SECTOR_BYTES, 1u << 31, 0);
  }
  rom->flush();
  rom->enter_xip();
  struct ssi *ssi = SSI;
  ssi->enable = 0;
  ssi->baudr = SSI_DIVIDER;
  ssi->enable = 1;
}

static void with_flash(const struct work *work) {
  struct rom rom = {
    .connect = rom_function(ROM_CODE('I', 'F')),
    .exit_xip = rom_function(ROM_CODE('E', 'X')),
    .flush = rom_function(ROM_CODE('F', 'C')),
    .enter_xip = rom_function(ROM_CODE('C', 'X')),
    .erase = rom_function(ROM_CODE('R', 'E')),
    .program = rom_function(ROM_CODE('R', 'P')),
  };
  interrupts_off();
  work_on_flash(&rom, work);
  interrupts_on();
}

const uint8_t *chip_flash_at(uint32_t offset) { return (const uint8_t *)(uintptr_t)(FLASH_START + offset); }

bool chip_flash_erase(uint32_t offset) {
  with_flash(&(struct work){.offset = offset});
  const uint8_t *sector = chip_flash_at(offset);
  for (uint32_t i = 0; i < SECTOR_BYTES; i++) {
    if (sector[i] != 0xff) return false;
  }
  return true;
}

bool chip_flash_program(uint32_t offset, const uint8_t bytes[256]) {
  with_flash(&(struct work){.offset = offset, .bytes = bytes});
  const uint8_t *page = chip_flash_at(offset);
  for (uint32_t i = 0; i < PAGE_BYTES; i++) {
    if (page[i] != bytes[i]) return false;
  }
  return true;
}

void flash_read_id(uint8_t out[8]) { with_flash(&(struct work){.id = out}); }

_Noreturn void chip_boot_rom_usb(void) {
  typedef void boot_function(uint32_t activity_pins, uint32_t disabled_interfaces);
  boot_function *boot = (boot_function *)rom_function(ROM_CODE('U', 'B'));
  boot(0, 0);
  __builtin_unreachable();
}
