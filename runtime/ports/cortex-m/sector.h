/* What the journal and the values have in common: sectors of flash to which is appended. */
#ifndef THIMBLE_SECTOR_H
#define THIMBLE_SECTOR_H

#include <stdbool.h>
#include <stdint.h>

#define SECTOR_BYTES 4096u

/* With a pause of this length before it, nothing waits for a sector to be written anew. */
#define COMPACT_US 60000u

/* Programs [from, end) to an offset in flash of which the cells there are blank, a page or a few: what else these pages hold stays. False where
   the flash has failed. */
bool sector_program(uint32_t offset, const void *from, const void *end) __attribute__((warn_unused_result));

#endif
