/* Containers as machine code: a payload in flash, memory in RAM, and the shared stack while it is theirs. */
#ifndef THIMBLE_NATIVE_H
#define THIMBLE_NATIVE_H

#include "container.h"
#include "payload.h"

/* What the last life of the device has noted when it came to its end: who ran, a container's index + 1 or 0 for the kernel, and how often
   in a row that container had failed before. The kernel sets it before any container starts. */
extern uint32_t native_noted;
#define NOTED_RUNNER(word) ((word)&0xffu)
#define NOTED_FAILURES_SHIFT 8

/* Loads a container that lies in flash: its payload, and behind it in the same slot its wired description, both aligned to 4. 0 or a negated
   error: that of container_load, WRONG_TYPE if this is no payload or the MPU cannot fence it, TOO_LARGE if its stack
   and globals do not fit the stack, FULL if RAM has no room. Precondition: the slot in `containers` is EMPTY. */
CONTRACT_CHECKED int32_t native_load(struct container *self, const struct payload *payload, uint32_t payload_bytes,
                                     const struct description *description, uint32_t description_bytes);

#endif
