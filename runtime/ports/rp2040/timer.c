/* Time: the timer counts microseconds in 64 bits; its alarm 0 ends a sleep. */
#include "buses.h"
#include "drivers.h"

void chip_start_clock(void) {
  struct timer *timer = TIMER;
  /* The low word waits for the high one (4.6.2). */
  timer->timelw = 0;
  timer->timehw = 0;
}

uint64_t port_now_us(void) {
  struct timer *timer = TIMER;
  uint32_t high, low;
  do {
    high = timer->timerawh;
    low = timer->timerawl;
  } while (high != timer->timerawh);
  return (uint64_t)high << 32 | low;
}

/* Nobody tells a Pico the date. */
int64_t port_wall_ms(void) { return -1; }

#define WAKE_IRQS (1u << IRQ_TIMER_0 | 3u << IRQ_SPI0 | 3u << IRQ_I2C0)

/* Enabled only here, where the interrupts are masked: one that is asserted already ends the sleep at once, and is
   served, that is disabled again, as soon as the mask is gone. */
void wait_for_interrupt(void) {
  interrupts_off();
  NVIC_ISER = WAKE_IRQS;
  __asm__ volatile("dsb\n wfi" ::: "memory");
  interrupts_on();
}

void wake_interrupt(void) {
  TIMER->intr = 1;
  NVIC_ICER = WAKE_IRQS;
}

void chip_sleep(uint64_t due_us) {
  struct timer *timer = TIMER;
  /* An interrupt that comes from here on stays pending and ends the sleep. */
  interrupts_off();
  if (!sources_noted() && !usb_noted()) {
    timer->alarm[0] = (uint32_t)due_us;
    /* The alarm goes off at the tick that reaches its time: if that has passed, it would not. Nothing is late by half an hour. */
    if ((int32_t)((uint32_t)due_us - timer->timerawl) > 0) wait_for_interrupt();
  }
  interrupts_on();
}
