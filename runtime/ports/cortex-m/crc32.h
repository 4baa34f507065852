/* CRC-32 as zlib has it: polynomial 04C11DB7, reflected, inverted before and after. */
#ifndef THIMBLE_CRC32_H
#define THIMBLE_CRC32_H

#include <stdint.h>

/* Goes on from the CRC of what comes before, 0 where nothing does. */
uint32_t crc32(uint32_t crc, const uint8_t *bytes, uint32_t length);

#endif
