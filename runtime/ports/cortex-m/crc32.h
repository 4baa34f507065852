/* CRC-32 as zlib has it: polynomial 04C11DB7, reflected, inverted before and after. */
#ifndef THIMBLE_CRC32_H
#define THIMBLE_CRC32_H

#include <stdbool.h>
#include <stdint.h>

/* Goes on from the CRC of what comes before, 0 where nothing does. */
uint32_t crc32(uint32_t crc, const uint8_t *bytes, uint32_t length);

/* Whether the last of these bytes, a word, are the CRC of those before. */
bool is_sealed(const void *block, uint32_t bytes);
/* Makes them that. */
void seal(void *block, uint32_t bytes);

#endif
