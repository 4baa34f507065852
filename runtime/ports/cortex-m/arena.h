/* RAM for containers. What is taken stays taken until the device starts again. */
#ifndef THIMBLE_ARENA_H
#define THIMBLE_ARENA_H

#include <stdint.h>

/* Linear memory, and what the MPU's fence of it takes in behind it. NULL if there is no room. */
uint8_t *arena_take_memory(uint32_t bytes) __attribute__((warn_unused_result));

/* What the kernel keeps of a container, a multiple of 4. NULL if there is no room. */
void *arena_take_record(uint32_t bytes) __attribute__((warn_unused_result));

#endif
