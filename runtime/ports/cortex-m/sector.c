#include "sector.h"

#include "chip.h"

#define PAGE_BYTES 256u

bool sector_program(uint32_t offset, const void *from, const void *end) {
  const uint8_t *byte = from;
  while (byte < (const uint8_t *)end) {
    uint8_t page[PAGE_BYTES];
    uint32_t start = offset & ~(PAGE_BYTES - 1);
    __builtin_memcpy(page, chip_flash_at(start), sizeof page);
    do {
      page[offset++ % PAGE_BYTES] = *byte++;
    } while (byte < (const uint8_t *)end && offset % PAGE_BYTES != 0);
    if (!chip_flash_program(start, page)) return false;
  }
  return true;
}
