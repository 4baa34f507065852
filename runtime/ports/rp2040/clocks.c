/* The clocks: crystal of 12 MHz, 125 MHz for the cores and peripherals, 48 MHz for USB and ADC. */
#include "drivers.h"

/* What is done in order: a word is stored, or a register is waited for until it has all of these bits. */
struct step {
  uint32_t address; /* the lowest bit: wait */
  uint32_t value;
};
#define WAIT 1u
#define CLEAR 0x3000u

#define RESETS_RESET 0x4000c000u
#define RESETS_DONE 0x4000c008u

/* A PLL from the crystal: 12 MHz times `multiplier`, 400 to 1,600 MHz, then divided twice (2.18.2). */
#define PLL_START(base, multiplier) \
  {(base) + PLL_CS, 1}, {(base) + PLL_FBDIV, (multiplier)}, {(base) + PLL_PWR + CLEAR, PLL_PWR_PD | PLL_PWR_VCOPD}
#define PLL_FINISH(base, divider1, divider2)                                              \
  {((base) + PLL_CS) | WAIT, PLL_LOCK}, {(base) + PLL_PRIM, (divider1) << 16 | (divider2) << 12}, \
    {(base) + PLL_PWR + CLEAR, PLL_PWR_POSTDIVPD}

#define RESETS_AT_START (RESET_IO_BANK0 | RESET_PADS_BANK0 | RESET_PLL_SYS | RESET_PLL_USB | RESET_TIMER)

/* What runs always; while the core sleeps only what can wake it, and the watchdog that counts for the timer. */
#define GATES0_AWAKE                                                                                                   \
  (GATE0_CLOCKS | GATE0_BUSCTRL | GATE0_BUSFABRIC | GATE0_IO | GATE0_VREG_AND_CHIP_RESET | GATE0_PADS | GATE0_PLL_SYS | \
   GATE0_PLL_USB | GATE0_PSM | GATE0_RESETS | GATE0_ROM | GATE0_ROSC | GATE0_SIO | GATE0_SRAM_0_TO_3)
#define GATES1_AWAKE (GATE1_SRAM_4_AND_5 | GATE1_TIMER | GATE1_WATCHDOG | GATE1_XIP | GATE1_XOSC)
#define GATES0_ASLEEP (GATE0_CLOCKS | GATE0_IO)
#define GATES1_ASLEEP (GATE1_TIMER | GATE1_WATCHDOG)

static const struct step steps[] = {
  {PSM_WDSEL, PSM_ALL_BUT_OSCILLATORS},
  /* 47 times 256 periods of the crystal are a millisecond (2.16.3). */
  {XOSC_STARTUP, 47},
  {XOSC_CTRL, XOSC_ENABLE_1_TO_15_MHZ},
  {XOSC_STATUS | WAIT, XOSC_STABLE},
  /* clk_ref from the crystal, clk_sys from it until its PLL runs. */
  {CLK_REF_CTRL, 2},
  {CLK_REF_SELECTED | WAIT, 1u << 2},
  {RESETS_RESET + CLEAR, RESETS_AT_START},
  {RESETS_DONE | WAIT, RESETS_AT_START},
  PLL_START(PLL_SYS, 125),
  PLL_START(PLL_USB, 100),
  PLL_FINISH(PLL_SYS, 6, 2),
  PLL_FINISH(PLL_USB, 5, 5),
  {CLK_SYS_CTRL, 1},
  {CLK_SYS_SELECTED | WAIT, 1u << 1},
  {CLK_PERI_CTRL, CLK_ENABLE},
  {CLK_USB_CTRL, CLK_ENABLE},
  {CLK_ADC_CTRL, CLK_ENABLE},
  /* One tick of timer and watchdog is 12 periods of clk_ref. */
  {WATCHDOG_TICK, WATCHDOG_TICK_ENABLE | 12},
  {WATCHDOG_LOAD, WATCHDOG_LONGEST},
  {WATCHDOG_CTRL, WATCHDOG_ENABLE | WATCHDOG_PAUSE_IN_DEBUG},
  {CLOCKS_WAKE_EN0, GATES0_AWAKE},
  {CLOCKS_WAKE_EN0 + 4, GATES1_AWAKE},
  {CLOCKS_WAKE_EN0 + 8, GATES0_ASLEEP},
  {CLOCKS_WAKE_EN0 + 12, GATES1_ASLEEP},
};

/* Reads of a register until it is given up: at least 50 ms at any clock, and no wait takes more than two. */
#define READS_MAX 1000000u

void clocks_init(void) {
  for (const struct step *step = steps; step < steps + sizeof(steps) / sizeof(steps[0]); step++) {
    reg *at = (reg *)(step->address & ~WAIT);
    if (!(step->address & WAIT)) {
      *at = step->value;
      continue;
    }
    for (uint32_t reads = READS_MAX; (*at & step->value) != step->value; reads--) {
      if (reads == 0) chip_panic(PANIC_CLOCK);
    }
  }
}

void clocks_open(uint32_t resets, uint32_t gates0, uint32_t gates1) {
  struct clock_gates *gates = CLOCK_GATES;
  SET_BITS(gates->wake[0]) = gates0;
  SET_BITS(gates->sleep[0]) = gates0;
  SET_BITS(gates->wake[1]) = gates1;
  SET_BITS(gates->sleep[1]) = gates1;
  struct resets *blocks = RESETS;
  CLEAR_BITS(blocks->reset) = resets;
  while (resets & ~blocks->done) {
  }
}
