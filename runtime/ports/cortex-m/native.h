/* Containers as machine code: a payload in flash, memory in RAM, and the shared stack while it is theirs. */
#ifndef THIMBLE_NATIVE_H
#define THIMBLE_NATIVE_H

#include "container.h"
#include "mpu.h"
#include "payload.h"

/* The record of a container: what the kernel keeps of it, beside `struct container`. */
#define FENCES 3u
struct native {
  const struct payload *payload;
  uint32_t stack;              /* the lowest address its stack may use */
  struct fence fences[FENCES]; /* of stack, code and memory */
  uint32_t globals[];          /* while the stack is another's */
};

static inline struct native *native_of(const struct container *self) { return (struct native *)(void *)self->record.begin; }

/* What the last life of the device has noted when it came to its end: who ran, a container's place + 1 or 0 for the kernel; how often in a
   row that container had failed before; whether it was on trial, and so is not what starts now. 0 once all containers have been started. */
extern uint32_t native_noted;
#define NOTED_RUNNER(word) ((word)&0xffu)
#define NOTED_ON_TRIAL (1u << 8)
#define NOTED_FAILURES_SHIFT 16

/* Takes what the last life has noted. Called once, before any container starts. After a reset by the watchdog containers go on with the failures
   they had; what was parked is parked at once. */
void native_note(uint32_t noted);

/* Loads a container that lies in flash: its payload, and behind it in the same slot its wired description, both aligned to 4. `predecessor`
   is that of container_load. 0 or a negated error: that of container_load, WRONG_TYPE if this is no payload or the MPU cannot fence it,
   TOO_LARGE if its stack and globals do not fit the stack, FULL if RAM has no room. After an error nothing is taken. Precondition: the
   slot in `containers` is EMPTY. */
CONTRACT_CHECKED int32_t native_load(struct container *self, const struct payload *payload, uint32_t payload_bytes,
                                     const struct description *description, uint32_t description_bytes,
                                     const struct container *predecessor);

#endif
