#include "crc32.h"

uint32_t crc32(uint32_t crc, const uint8_t *bytes, uint32_t length) {
  crc = ~crc;
  while (length-- > 0) {
    crc ^= *bytes++;
    for (uint32_t bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320u & -(crc & 1u));
  }
  return ~crc;
}
