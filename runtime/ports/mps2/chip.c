#include "chip.h"

#include <stddef.h>

#include "link.h"
#include "contract.h"
#include "mps2.h"
#include "port.h"

/* ARMv7-M ARM B3.2; the same in ARMv8-M. */
#define SYST_CSR REGISTER(0xE000E010u)
#define SYST_RVR REGISTER(0xE000E014u)
#define SYST_CVR REGISTER(0xE000E018u)
#define ICSR REGISTER(0xE000ED04u)
#define CCR REGISTER(0xE000ED14u)
#define ICSR_PENDSTCLR (1u << 25)
#define CCR_UNALIGN_TRP (1u << 3)
#define SYST_COUNT_AND_WAKE 7u

#define UART_DATA 0x00u
#define UART_STATE 0x04u
#define UART_CTRL 0x08u
#define UART_BAUDDIV 0x10u

/* Counts microseconds once its prescaler divides 25 MHz. */
#define COUNTER REGISTER(FPGAIO + 0x18u)
#define PRESCALE REGISTER(FPGAIO + 0x1cu)

/* Arm's semihosting, which QEMU answers. */
#define SYS_EXIT_EXTENDED 0x20u
#define ADP_STOPPED_APPLICATION_EXIT 0x20026u

#define LINK_BYTES_AT_ONCE 64u

extern uint32_t flash_start[];

const uint32_t chip_ticks_per_ms = TICKS_PER_MS;
const uint32_t chip_flash_bytes = 0x200000u;

static uint64_t now_us, zero_us;

const uint8_t *chip_flash_at(uint32_t offset) { return (const uint8_t *)flash_start + offset; }

const struct plan *plan(void) { return (const struct plan *)(const void *)chip_flash_at(PLAN); }

void uart_start(uint32_t uart) {
  REGISTER(uart + UART_BAUDDIV) = 16;
  REGISTER(uart + UART_CTRL) = 1;
}

void uart_put(uint32_t uart, uint32_t byte) {
  while ((REGISTER(uart + UART_STATE) & 1u) != 0) continue;
  REGISTER(uart + UART_DATA) = byte;
}

void chip_init(void) {
  PRESCALE = TICKS_PER_MS / 1000 - 1;
  CCR |= CCR_UNALIGN_TRP; /* as on ARMv6-M */
  uart_start(UART0);
  uart_start(UART1);
}

uint64_t port_now_us(void) {
  now_us += COUNTER - (uint32_t)now_us;
  return now_us - zero_us;
}

void chip_start_clock(void) { zero_us += port_now_us(); }

static _Noreturn void stop(uint32_t status) {
  const uint32_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, status};
  register uint32_t operation __asm__("r0") = SYS_EXIT_EXTENDED;
  register const uint32_t *argument __asm__("r1") = block;
  for (;;) __asm__ volatile("bkpt 0xab" : : "r"(operation), "r"(argument) : "memory");
}

void chip_poll(void) {
  uint8_t bytes[LINK_BYTES_AT_ONCE];
  uint32_t length;
  while ((length = link_take(bytes, sizeof bytes)) > 0) {
    for (uint32_t i = 0; i < length; i++) uart_put(UART0, bytes[i]);
  }
  if (port_now_us() >= plan()->run_us) stop(0);
  inputs_poll();
}

void chip_sleep(uint64_t due_us) {
  uint64_t now = port_now_us(), next = inputs_next_us();
  if (next < due_us) due_us = next;
  if (plan()->run_us < due_us) due_us = plan()->run_us;
  if (due_us <= now) return;
  uint32_t most_us = 0xffffffu / (TICKS_PER_MS / 1000);
  uint32_t us = due_us - now < most_us ? (uint32_t)(due_us - now) : most_us;
  __asm__ volatile("cpsid i");
  SYST_RVR = us * (TICKS_PER_MS / 1000);
  SYST_CVR = 0;
  SYST_CSR = SYST_COUNT_AND_WAKE;
  /* Counts once: QEMU's clock runs on to the next deadline, if there is one, before WFI comes to its end. */
  while (SYST_CVR == 0) continue;
  SYST_RVR = 0;
  __asm__ volatile("dsb\n wfi");
  SYST_CSR = 0;
  SYST_RVR = TICKS_PER_MS - 1; /* as the sandbox has set it */
  ICSR = ICSR_PENDSTCLR;
  __asm__ volatile("cpsie i");
}

void chip_feed_watchdog(void) {}

void chip_note(uint32_t word) { (void)word; }
uint32_t chip_noted(void) { return 0; }

/* No life after this one: the test sees it. */
void chip_panic(uint32_t reason) { stop(reason + 1); }

void chip_flash_erase(uint32_t offset) {
  for (uint32_t i = 0; i < SECTOR_BYTES / 4; i++) flash_start[offset / 4 + i] = 0xffffffffu;
}

void chip_flash_program(uint32_t offset, const uint8_t bytes[PAGE_BYTES]) {
  uint8_t *page = (uint8_t *)flash_start + offset;
  for (uint32_t i = 0; i < PAGE_BYTES; i++) page[i] &= bytes[i];
}

bool chip_link_is_read(void) { return true; }

int64_t port_wall_ms(void) { return -1; }
uint32_t port_random_seed(void) { return 1; }
uint32_t port_reset_reason(void) { return RESET_REASON_POWER_ON; }
void port_device_id(uint8_t out[8]) {
  for (uint32_t i = 0; i < 8; i++) out[i] = (uint8_t)i;
}
