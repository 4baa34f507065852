/* Where a container's code runs: unprivileged, on a stack of its own, behind the MPU. The kernel calls into it, and one of
   four exceptions brings it back: the end of the call, a trap, the tick, a fault. */
#ifndef THIMBLE_SANDBOX_H
#define THIMBLE_SANDBOX_H

#include <stdint.h>

#include "payload.h"

struct container;

/* All containers, one after the other, use this stack. The instance block of the one it belongs to is at its top. */
#define STACK_BYTES 4096u
extern uint8_t sandbox_stack[STACK_BYTES];
/* The table of the helpers, up to helpers_code; their region goes up to helpers_end. */
extern const uint32_t helpers[], helpers_code[], helpers_end[];

/* No place in the code. */
#define NOWHERE 0u

/* Of the container that the stack belongs to. sandbox.S knows where the first three are. */
struct sandbox {
  uint32_t *kernel_stack; /* while a container runs: the frame by which it leaves, on the kernel's stack */
  uint32_t *instance;     /* the instance block, which is the top of the stack */
  uint8_t *memory;
  struct container *self; /* NULL: nobody's */
  uint32_t stack;         /* the lowest address its stack may use */
  uint32_t frame_span;    /* from there to the highest place for an exception frame */
  struct parts parts;     /* of its payload */
  uint32_t stopped_at;    /* the instruction at which the last call ended, or NOWHERE */
};
extern struct sandbox sandbox;

/* Priorities of exceptions, the tick, the MPU, the region of the helpers. */
void sandbox_start(void);

/* Runs code of the owner of the stack from an address (the Thumb bit set) to its end. Returns enum trap_code. */
uint32_t sandbox_enter(uint32_t address, int32_t value);

/* For the exceptions of sandbox.S: the call is over, and this is what sandbox_enter returns. */
_Noreturn void sandbox_leave(uint32_t trap_code);

/* Words of an exception frame (ARMv6-M ARM B1.5.6). */
enum { FRAME_PC = 6, FRAME_XPSR = 7, FRAME_WORDS = 8 };

/* Does what a load or store at a misaligned address inside of linear memory was meant to do. `low` is r0 to r3 in the frame,
   `high` r4 to r7. False if the instruction is no such one. */
_Bool misaligned_complete(uint32_t instruction, uint32_t *low, uint32_t *high) __attribute__((warn_unused_result));

#endif
