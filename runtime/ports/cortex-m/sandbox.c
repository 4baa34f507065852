#include "sandbox.h"

#include <stdbool.h>
#include <stddef.h>

#include "chip.h"
#include "container.h"
#include "contract.h"
#include "mpu.h"

/* Priorities of system exceptions: ARMv6-M ARM B3.2. */
struct priorities {
  uint32_t shpr2, shpr3;
};
#define PRIORITIES ((volatile struct priorities *)0xE000ED1Cu)

/* SysTick: ARMv6-M ARM B3.3. */
#define SYST_RVR (*(volatile uint32_t *)0xE000E014u)

/* Priorities: interrupts of the chip have 0. The tick is below SVC, so a host call is never cut in two. */
#define SVC_PRIORITY (0x40u << 24)
#define TICK_PRIORITY (0x80u << 24)

/* Host calls below those of the contract are the kernel's own: the first ends the call, the others are not taken. */
#define CALL_END 0u
#define FIRST_CONTRACT_CALL 16u

#define HELPERS_BYTES ((uint32_t)helpers_end - (uint32_t)helpers)
#define THUMB_BIT (1u << 24)
/* By `udf` code ends with a trap, whose code it names. */
#define UDF_FIRST 0xde01u
#define LAST_TRAP TRAP_BAD_INSTRUCTION

/* Each host call goes through these: to call them would cost more than they do. */
#define IN_PLACE __attribute__((always_inline)) inline

/* The instruction that a call returns to: the only SVC outside of a container's code. */
extern const uint16_t container_exit[];

struct sandbox sandbox;

_Static_assert(offsetof(struct sandbox, memory) == 8, "the offsets of sandbox.S");

void sandbox_start(void) {
  struct fence fence;
  PRIORITIES->shpr2 = SVC_PRIORITY;
  PRIORITIES->shpr3 = TICK_PRIORITY;
  (void)mpu_fence(&fence, MPU_EXECUTE, (uint32_t)helpers, HELPERS_BYTES); /* the linker script sees to it */
  mpu_set(MPU_HELPERS, &fence);
  mpu_start();
  SYST_RVR = chip_ticks_per_ms - 1;
}

static _Noreturn void end(enum trap_code code, uint32_t at) {
  sandbox.stopped_at = at;
  sandbox_leave(code);
}

/* Whether it is a container that the exception has interrupted: bit 2 of EXC_RETURN. */
#define is_of_container() (((uint32_t)__builtin_return_address(0) & 4u) != 0)

static IN_PLACE uint32_t *frame_of_container(void) {
  uint32_t *frame;
  __asm__("mrs %0, psp" : "=r"(frame));
  return frame;
}

/* Before it is read: hardware has written the frame, so it lies in memory of the container's, but only in its stack may it. */
static IN_PLACE void check_frame(const uint32_t *frame) {
  if ((uint32_t)frame - sandbox.stack > sandbox.frame_span) end(TRAP_STACK_OVERFLOW, NOWHERE);
}

static IN_PLACE bool is_in_code(uint32_t at) { return at - (uint32_t)sandbox.parts.code < sandbox.parts.code_bytes; }

/* Before the instruction is read. */
static void check_place(uint32_t at) {
  if (!is_in_code(at) && at - (uint32_t)helpers >= HELPERS_BYTES) end(TRAP_BAD_INSTRUCTION, at);
}

/* The frame holds the arguments, and takes the result. */
void on_svc(void) {
  if (!is_of_container()) return;
  uint32_t *frame = frame_of_container();
  check_frame(frame);
  uint32_t at = frame[FRAME_PC] - 2;
  if (!is_in_code(at) && at != (uint32_t)container_exit) end(TRAP_BAD_INSTRUCTION, at);
  uint32_t number = *(const uint8_t *)at;
  if (number == CALL_END) sandbox_leave(TRAP_NONE);
  struct container *self = sandbox.self;
  contract_call(self, number - FIRST_CONTRACT_CALL, frame); /* of the others none is below 0: they are beyond the last */
  if (self->trap != TRAP_NONE) end((enum trap_code)self->trap, at);
}

/* SysTick, each millisecond. One that came while a host call was at work is taken before the container's next instruction. */
void on_tick(void) {
  if (!is_of_container()) return;
  chip_feed_watchdog();
  if (container_is_late(sandbox.self)) end(TRAP_TIME_BUDGET, frame_of_container()[FRAME_PC]);
}

/* What a fault at this instruction means, other than `udf`. Instruction sets: ARMv6-M ARM A5.2. */
static enum trap_code meaning(uint32_t instruction) {
  /* By bits 15 to 11: LDR literal, all forms of LDR and STR, STM and LDM. */
  const uint32_t accesses = 0x7ffu << 9 | 3u << 24;
  if (accesses >> (instruction >> 11) & 1u || instruction >> 9 == 0xbcu >> 1) return TRAP_MEMORY_BOUNDS; /* or POP */
  return instruction >> 9 == 0xb4u >> 1 ? TRAP_STACK_OVERFLOW : TRAP_BAD_INSTRUCTION; /* PUSH */
}

/* HardFault. Returns if the instruction has been done after all. `high` is r4 to r7. */
void sandbox_fault(uint32_t *frame, uint32_t *high) {
  check_frame(frame);
  uint32_t at = frame[FRAME_PC];
  check_place(at);
  if ((frame[FRAME_XPSR] & THUMB_BIT) == 0) end(TRAP_BAD_INSTRUCTION, at);
  uint32_t instruction = *(const uint16_t *)at;
  if (misaligned_complete(instruction, frame, high)) {
    frame[FRAME_PC] = at + 2;
    return;
  }
  bool is_trap = instruction - UDF_FIRST < LAST_TRAP;
  end(is_trap ? (enum trap_code)(instruction & 0xffu) : meaning(instruction), at);
}
