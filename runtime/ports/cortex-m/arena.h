/* RAM for containers. What is taken stays taken until the device starts again. */
#ifndef THIMBLE_ARENA_H
#define THIMBLE_ARENA_H

#include <stdint.h>

/* Linear memory that one MPU region can fence: `bytes` is 0 or a multiple of an eighth of the least power of two from 256 that
   holds them. NULL if there is no room. */
uint8_t *arena_take_memory(uint32_t bytes) __attribute__((warn_unused_result));

/* What the kernel keeps of a container, a multiple of 4. NULL if there is no room. */
void *arena_take_record(uint32_t bytes) __attribute__((warn_unused_result));

#endif
