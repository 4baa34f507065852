#include "bus-registers.h"
#include "buses.h"
#include "drivers.h"

#define TRANSFER_IRQS (TRANSFER_LIMIT | 3u << IRQ_SPI0 | 3u << IRQ_I2C0)

void transfer_begin(uint32_t limit_us) {
  struct timer *timer = TIMER;
  timer->intr = TRANSFER_LIMIT;
  SET_BITS(timer->inte) = TRANSFER_LIMIT;
  timer->alarm[TRANSFER_ALARM] = timer->timerawl + limit_us;
}

bool transfer_over(void) { return (TIMER->intr & TRANSFER_LIMIT) != 0; }

/* Enabled only here, where the interrupts are masked: one that is asserted already ends the sleep at once, and is
   served, that is disabled again, as soon as the mask is gone. */
void transfer_wait(uint32_t irqs) {
  interrupts_off();
  NVIC_ISER = irqs;
  __asm__ volatile("dsb\n wfi" ::: "memory");
  interrupts_on();
}

void transfer_interrupt(void) { NVIC_ICER = TRANSFER_IRQS; }
