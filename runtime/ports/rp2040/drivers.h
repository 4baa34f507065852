/* What the drivers of this folder give each other, buses apart (buses.h). */
#ifndef THIMBLE_DRIVERS_H
#define THIMBLE_DRIVERS_H

#include <stdbool.h>
#include <stdint.h>

#include "chip.h"
#include "description.h"
#include "port.h"
#include "registers.h"

static inline void interrupts_off(void) { __asm__ volatile("cpsid i" ::: "memory"); }
static inline void interrupts_on(void) { __asm__ volatile("cpsie i" ::: "memory"); }

/* What always may interrupt, once chip_init is done. */
static inline void interrupts_enable(void) {
  NVIC_ISER = 1u << IRQ_USB | 1u << IRQ_IO_BANK0 | 3u << IRQ_UART0;
}

/* Why chip_panic was called, beside the kernel's reasons. */
enum { PANIC_CLOCK = 0x100 };

/* --- clocks.c --- */

/* clk_sys, and clk_peri too. clk_usb and clk_adc have 48 MHz. */
#define CLOCK_HZ 125000000u

/* Starts the crystal, the PLLs and the tick of a microsecond; pins and timer leave reset. Resets the chip if a clock does not
   start. */
void clocks_init(void);
/* Gives a block its clocks, also while the core sleeps, and takes it out of reset: RESET_..., and of word 0 GATE0_..., of word 1
   GATE1_.... What nobody uses has no clock. */
void clocks_open(uint32_t resets, uint32_t word, uint32_t gates);

/* --- timer.c: sleep, in the main loop and in a transfer inside of a host call. Both have one alarm. --- */

/* From now on it has not passed until `limit_us` are over. */
static inline void limit_begin(uint32_t limit_us) {
  struct timer *timer = TIMER;
  timer->alarm[0] = timer->timerawl + limit_us;
}
static inline bool limit_passed(void) { return !(TIMER->armed & 1); }
/* Sleeps until an interrupt, at once if the limit or one of an I2C or SPI controller is there already. */
void wait_for_interrupt(void);
/* IRQ 0, 18, 19, 23 and 24. */
void wake_interrupt(void);

/* --- pins.c --- */

/* False if there is no such pin. Else gives it to a function (enum pin_function), with its pad as PAD_... say. */
bool pins_select(uint32_t pin, uint32_t function, uint32_t pad) __attribute__((warn_unused_result));
/* Makes a pin a plain input or output; one of PULL_... . False if there is no such pin. */
bool pins_open(uint32_t pin, uint32_t high, uint32_t is_output, uint32_t pull);
void pins_poll(void);
/* For interrupts: what pins_poll is to tell the core. Sources are pins, then serial ports. A pin may have two changes noted each time that its
   interrupt is served, a port one until it has been told. */
#define SOURCE_COUNT (PIN_COUNT + 2u)
void source_note(uint32_t source, uint32_t level);
/* Whether pins_poll has something to do. */
bool sources_noted(void);
void pins_interrupt(void);

/* --- flash.c --- */

/* Restarts the chip as the USB drive that takes UF2 files. */
_Noreturn void chip_boot_rom_usb(void);

/* --- The others --- */

/* False if there is no such pin, no such input. */
bool pwm_open(uint32_t pin);
bool adc_open(uint32_t input);
/* Takes down why the chip was reset, then starts to count. */
void watchdog_init(void);

#endif
