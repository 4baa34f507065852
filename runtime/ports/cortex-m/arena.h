/* RAM for containers: the linear memory of each, and what the kernel keeps of it. What is taken is what containers[] and natives[] point
   to: there are no headers, so a container finds nothing of the kernel's, and to give something back is to forget the pointer. */
#ifndef THIMBLE_ARENA_H
#define THIMBLE_ARENA_H

#include <stdint.h>

/* The lowest place for a linear memory and what the MPU's fence of it takes in behind it. NULL if there is no room. */
uint8_t *arena_find_memory(uint32_t bytes) __attribute__((warn_unused_result));

/* The lowest place for a record, a multiple of 4. NULL if there is no room. */
void *arena_find_record(uint32_t bytes) __attribute__((warn_unused_result));

#endif
