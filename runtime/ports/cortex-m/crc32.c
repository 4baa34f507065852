#include "crc32.h"

/* What four bits that leave at the low end do to the rest. */
static const uint32_t nibbles[16] = {
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
  0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

uint32_t crc32(uint32_t crc, const uint8_t *bytes, uint32_t length) {
  crc = ~crc;
  for (const uint8_t *end = bytes + length; bytes < end;) {
    crc ^= *bytes++;
    crc = crc >> 4 ^ nibbles[crc % 16];
    crc = crc >> 4 ^ nibbles[crc % 16];
  }
  return ~crc;
}

bool is_sealed(const void *block, uint32_t bytes) {
  const uint8_t *last = (const uint8_t *)block + bytes - 4;
  return crc32(0, block, bytes - 4) == *(const uint32_t *)(const void *)last;
}

void seal(void *block, uint32_t bytes) {
  uint8_t *last = (uint8_t *)block + bytes - 4;
  *(uint32_t *)(void *)last = crc32(0, block, bytes - 4);
}
