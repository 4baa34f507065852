/* What stands before a container's memory: generated code (dispatch.c) asks here about each range that the
   container passed, then the port for its bytes; a range beyond memory_bytes ends it with bad-pointer. */
#ifndef THIMBLE_MEMORY_H
#define THIMBLE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct container;

/* Whether [offset, offset + size_bytes) lies in the container's memory; if not, it has ended. */
bool mem_check(struct container *self, uint32_t offset, uint32_t size_bytes) __attribute__((warn_unused_result));

#endif
