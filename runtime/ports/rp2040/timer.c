/* Time: the timer counts microseconds in 64 bits; its alarm 0 ends a sleep. */
#include "buses.h"
#include "drivers.h"

/* The watchdog is fed by the main loop, so no sleep is longer. */
#define SLEEP_US_MAX 2000000u

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

void timer_interrupt(void) { TIMER->intr = 1u << 0; }

void chip_sleep(uint64_t due_us) {
  struct timer *timer = TIMER;
  uint64_t latest_us = port_now_us() + SLEEP_US_MAX;
  if (due_us > latest_us) due_us = latest_us;
  /* An interrupt that comes from here on stays pending and ends the sleep. */
  interrupts_off();
  if (!noted() && !usb_noted()) {
    timer->alarm[0] = (uint32_t)due_us;
    /* The alarm goes off at the tick that reaches its time: if that has passed, it would not. Nothing is late by half an hour. */
    if ((int32_t)((uint32_t)due_us - timer->timerawl) > 0) __asm__ volatile("dsb\n wfi" ::: "memory");
  }
  interrupts_on();
}
