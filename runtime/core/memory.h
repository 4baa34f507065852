/* The only way to a container's memory. Generated code (dispatch.c) calls these with what the container
   passed; a range beyond its memory_bytes ends it with bad-pointer. */
#ifndef THIMBLE_MEMORY_H
#define THIMBLE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct container;

/* Whether [offset, offset + size_bytes) lies in the container's memory; if not, it has ended. */
bool mem_check(struct container *self, uint32_t offset, uint32_t size_bytes) __attribute__((warn_unused_result));

/* The bytes of a list parameter, valid until the host call returns. NULL if mem_check refuses.
   Precondition: size_bytes <= LIST_BYTES_MAX. One may be in use at a time, beside one of mem_out. */
const void *mem_in(struct container *self, uint32_t offset, uint32_t size_bytes)
    __attribute__((warn_unused_result));

/* Where a list result of at most `size_bytes` goes. NULL if mem_check refuses. Precondition as for mem_in. */
void *mem_out(struct container *self, uint32_t offset, uint32_t size_bytes) __attribute__((warn_unused_result));

/* Hands the first `size_bytes` of what mem_out gave to the container. */
void mem_out_done(struct container *self, void *buffer, uint32_t offset, uint32_t size_bytes);

#endif
