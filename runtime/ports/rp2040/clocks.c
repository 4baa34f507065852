/* The clocks: a crystal of 12 MHz; 125 MHz for the core and most blocks, 48 MHz for USB and ADC. */
#include "drivers.h"

#define RESETS_AT_START (RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_PLL_SYS | RESET_PLL_USB | RESET_TIMER)

/* What always has a clock. While the core sleeps that is what can wake or reset it, and the watchdog, which ticks for the timer. */
#define GATES0_AWAKE                                                                                                   \
  (GATE0_CLOCKS | GATE0_BUSCTRL | GATE0_BUSFABRIC | GATE0_IO | GATE0_VREG_AND_CHIP_RESET | GATE0_PADS | GATE0_PLL_SYS | \
   GATE0_PLL_USB | GATE0_PSM | GATE0_RESETS | GATE0_ROM | GATE0_ROSC | GATE0_SIO | GATE0_SRAM_0_TO_3)
#define GATES1_AWAKE (GATE1_SRAM_4_AND_5 | GATE1_TIMER | GATE1_WATCHDOG | GATE1_XIP | GATE1_XOSC)
#define GATES0_ASLEEP (GATE0_CLOCKS | GATE0_IO | GATE0_VREG_AND_CHIP_RESET | GATE0_PSM | GATE0_RESETS)
#define GATES1_ASLEEP (GATE1_TIMER | GATE1_WATCHDOG)

/* Reads of a register until it is given up: at least 50 ms at any clock, and no wait is to take more than two. */
#define READS_MAX 1000000u

static void wait_for(reg *at, uint32_t bits) {
  for (uint32_t reads = READS_MAX; (*at & bits) != bits; reads--) {
    if (reads == 0) chip_panic(PANIC_CLOCK);
  }
}

/* A PLL: the crystal times `multiplier` (400 to 1,600 MHz), divided twice (2.18.2). Nothing uses it before it is locked, so the
   dividers have power at once. */
static void start_pll(struct pll *pll, uint32_t multiplier, uint32_t dividers) {
  pll->fbdiv = multiplier;
  pll->prim = dividers;
  pll->pwr = PLL_POWER_ON;
  wait_for(&pll->cs, PLL_LOCK);
}

void clocks_init(void) {
  PSM_WDSEL = PSM_ALL_BUT_OSCILLATORS;
  struct xosc *xosc = XOSC;
  /* 47 times 256 periods of the crystal are a millisecond (2.16.3). */
  xosc->startup = 47;
  xosc->ctrl = XOSC_ENABLE_1_TO_15_MHZ;
  wait_for(&xosc->status, XOSC_STABLE);
  clocks_open(RESETS_AT_START, 0, 0);
  start_pll(PLL_SYS, 125, 6u << 16 | 2u << 12);
  start_pll(PLL_USB, 100, 5u << 16 | 5u << 12);
  struct clocks *clocks = CLOCKS;
  clocks->ref_ctrl = 2; /* the crystal */
  clocks->sys_ctrl = 1; /* PLL_SYS */
  clocks->peri_ctrl = CLOCK_ENABLE; /* clk_sys */
  clocks->usb_ctrl = CLOCK_ENABLE;  /* PLL_USB */
  clocks->adc_ctrl = CLOCK_ENABLE;  /* PLL_USB */
  struct gates *gates = GATES;
  gates->wake[0] = GATES0_AWAKE;
  gates->wake[1] = GATES1_AWAKE;
  gates->sleep[0] = GATES0_ASLEEP;
  gates->sleep[1] = GATES1_ASLEEP;
  /* One tick of timer and watchdog is 12 periods of clk_ref. */
  WATCHDOG->tick = WATCHDOG_TICK_ENABLE | 12;
}

void clocks_open(uint32_t resets, uint32_t word, uint32_t gates) {
  struct gates *set = GATES_SET;
  set->wake[word] = gates;
  set->sleep[word] = gates;
  RESETS_CLEAR->reset = resets;
  wait_for(RESETS_DONE, resets);
}
