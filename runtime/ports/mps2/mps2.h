/* QEMU's mps2-an385 (Cortex-M3) and mps2-an505 (Cortex-M33, in its secure world), as far as the tests use them. */
#ifndef THIMBLE_MPS2_H
#define THIMBLE_MPS2_H

#include <stdbool.h>
#include <stdint.h>

/* CMSDK APB UARTs and the FPGA's I/O (Arm AN385 table 4-5, AN505 table 4-9). */
#if defined(MPS2_AN505)
#define UART0 0x50200000u
#define UART1 0x50201000u
#define FPGAIO 0x50302000u
#define TICKS_PER_MS 20000u
#else
#define UART0 0x40004000u
#define UART1 0x40005000u
#define FPGAIO 0x40028000u
#define TICKS_PER_MS 25000u
#endif

#define REGISTER(address) (*(volatile uint32_t *)(address))

/* What the harness (test/helpers/qemu.ts) lays below the store, at this offset of the flash. */
#define PLAN 0x01f000u

/* Something that the outside does. */
struct input {
  uint32_t time_us;
  uint32_t pin;   /* or INPUT_LINK */
  uint32_t value; /* the pin's level; where bytes for the link lie, from the start of the plan */
  uint32_t bytes; /* for the link */
};

#define INPUT_LINK 0xffffffffu

struct plan {
  uint32_t run_us; /* then the machine stops */
  uint32_t input_count;
  struct input inputs[]; /* by time */
};

const struct plan *plan(void);

/* What goes out over UART1: what happened to the board, 16 bytes each. */
enum trace_kind { TRACE_PIN, TRACE_DUTY, TRACE_HERTZ };
void trace(enum trace_kind kind, uint32_t subject, uint32_t value);

void uart_start(uint32_t uart);
void uart_put(uint32_t uart, uint32_t byte);

/* Hands the inputs of the plan that are due to the core; when the next one will be. */
void inputs_poll(void);
uint64_t inputs_next_us(void);

#endif
