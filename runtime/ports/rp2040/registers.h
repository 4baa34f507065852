/* The registers of the RP2040 that the firmware uses. Sections are those of the RP2040 datasheet. */
#ifndef THIMBLE_REGISTERS_H
#define THIMBLE_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

typedef volatile uint32_t reg;

/* A base address that the compiler keeps in a register, instead of a constant for each register of the block. */
static inline void *block(uint32_t address) {
  __asm__("" : "+r"(address));
  return (void *)address;
}

/* Aliases of most registers that set or clear the bits written (2.1.2). */
#define SET_BITS(r) (*(reg *)((uintptr_t)&(r) + 0x2000u))
#define CLEAR_BITS(r) (*(reg *)((uintptr_t)&(r) + 0x3000u))
/* How many registers the one lies behind the other. */
#define CLEAR_AFTER_SET (0x1000u / sizeof(reg))

/* --- 2.3.1 SIO --- */
struct sio {
  reg cpuid, gpio_in, gpio_hi_in, pad0;
  reg gpio_out, gpio_out_set, gpio_out_clear, gpio_out_xor;
  reg gpio_oe, gpio_oe_set, gpio_oe_clear, gpio_oe_xor;
};
#define SIO_BASE 0xd0000000u
#define SIO ((struct sio *)block(SIO_BASE))

/* --- 2.4.8 NVIC of the Cortex-M0+ --- */
#define NVIC_ISER (*(reg *)0xe000e100u)
#define NVIC_ICER (*(reg *)0xe000e180u)
#define NVIC_ISPR (*(reg *)0xe000e200u)

enum { IRQ_TIMER_0 = 0, IRQ_USB = 5, IRQ_IO_BANK0 = 13, IRQ_SPI0 = 18, IRQ_UART0 = 20, IRQ_I2C0 = 23 };

/* --- 2.13.5 Power-on state machine: what the watchdog resets. All but the oscillators. --- */
#define PSM_WDSEL (*(reg *)0x40010008u)
#define PSM_ALL_BUT_OSCILLATORS 0x1fffcu

/* --- 2.12.8 Chip reset: why the chip started --- */
#define CHIP_RESET (*(reg *)0x40064008u)
#define CHIP_RESET_HAD_POR (1u << 8)
#define CHIP_RESET_HAD_RUN (1u << 16)

/* --- 2.14.3 Resets --- */
struct resets {
  reg reset, wdsel, done;
};
#define RESETS_DONE ((reg *)block(0x4000c008u))
#define RESETS_SET ((struct resets *)block(0x4000e000u))
#define RESETS_CLEAR ((struct resets *)block(0x4000f000u))
#define RESET_ADC (1u << 0)
#define RESET_IO_BANK0 (1u << 5)
#define RESET_PADS_BANK0 (1u << 8)
#define RESET_PLL_SYS (1u << 12)
#define RESET_PLL_USB (1u << 13)
#define RESET_PWM (1u << 14)
#define RESET_TIMER (1u << 21)

/* --- 2.15.7 Clocks --- */
struct clocks {
  reg gpout[12];
  reg ref_ctrl, ref_div, ref_selected;
  reg sys_ctrl, sys_div, sys_selected;
  reg peri_ctrl, peri_div, peri_selected;
  reg usb_ctrl, usb_div, usb_selected;
  reg adc_ctrl, adc_div, adc_selected;
};
#define CLOCKS ((struct clocks *)block(0x40008000u))
/* Gates of the clocks. */
struct gates {
  reg wake[2], sleep[2]; /* while a core runs, while both sleep */
};
#define GATES ((struct gates *)block(0x400080a0u))
#define GATES_SET ((struct gates *)block(0x4000a0a0u))
#define CLOCK_ENABLE (1u << 11)
#define GATE0_CLOCKS (1u << 0)
#define GATE0_ADC (3u << 1) /* clk_adc and clk_sys */
#define GATE0_BUSCTRL (1u << 3)
#define GATE0_BUSFABRIC (1u << 4)
#define GATE0_I2C0 (1u << 6) /* I2C1 is the next bit */
#define GATE0_IO (1u << 8)
#define GATE0_VREG_AND_CHIP_RESET (1u << 10)
#define GATE0_PADS (1u << 11)
#define GATE0_PLL_SYS (1u << 14)
#define GATE0_PLL_USB (1u << 15)
#define GATE0_PSM (1u << 16)
#define GATE0_PWM (1u << 17)
#define GATE0_RESETS (1u << 18)
#define GATE0_ROM (1u << 19)
#define GATE0_ROSC (1u << 20)
#define GATE0_SIO (1u << 23)
#define GATE0_SPI0 (3u << 24) /* clk_peri and clk_sys; SPI1 has the next two */
#define GATE0_SRAM_0_TO_3 (15u << 28)
#define GATE1_SRAM_4_AND_5 (3u << 0)
#define GATE1_TIMER (1u << 5)
#define GATE1_UART0 (3u << 6) /* clk_peri and clk_sys; UART1 has the next two */
#define GATE1_USBCTRL (3u << 10) /* clk_sys and clk_usb */
#define GATE1_WATCHDOG (1u << 12)
#define GATE1_XIP (1u << 13)
#define GATE1_XOSC (1u << 14)

/* --- 2.16.7 XOSC --- */
struct xosc {
  reg ctrl, status, dormant, startup;
};
#define XOSC ((struct xosc *)block(0x40024000u))
#define XOSC_ENABLE_1_TO_15_MHZ 0xfabaa0u
#define XOSC_STABLE (1u << 31)

/* --- 2.17.8 ROSC --- */
#define ROSC_RANDOMBIT (*(reg *)0x4006001cu)

/* --- 2.18.4 PLLs --- */
struct pll {
  reg cs, pwr, fbdiv, prim;
};
#define PLL_SYS ((struct pll *)block(0x40028000u))
#define PLL_USB ((struct pll *)block(0x4002c000u))
#define PLL_LOCK (1u << 31)
#define PLL_POWER_ON (1u << 2) /* all but the modulator, which is not used */

/* --- 2.19.6 GPIO --- */
struct io_bank0 {
  struct {
    reg status, ctrl;
  } gpio[30];
};
#define IO_BANK0 ((struct io_bank0 *)block(0x40014000u))
#define IO_BANK0_SET ((struct io_bank0 *)block(0x40016000u))
struct io_bank0_edges {
  reg intr[4]; /* four bits a pin, eight pins a register */
  reg inte[4]; /* of processor 0 */
  reg intf[4];
  reg ints[4];
};
#define EDGE_INTS_AFTER_INTR 12u /* registers */
#define IO_BANK0_EDGES ((struct io_bank0_edges *)block(0x40014000u + sizeof(struct io_bank0)))
_Static_assert(sizeof(struct io_bank0) == 0xf0, "datasheet 2.19.6.1");
#define EDGE_LOW (1u << 2)
#define EDGE_HIGH (1u << 3)
#define PIN_COUNT 30u

enum pin_function { FUNCTION_PWM = 4, FUNCTION_SIO = 5, FUNCTION_NONE = 31 };

struct pads_bank0 {
  reg voltage_select;
  reg gpio[30];
};
#define PADS_BANK0 ((struct pads_bank0 *)block(0x4001c000u))
#define PAD_SCHMITT (1u << 1)
#define PAD_PULL_DOWN (1u << 2)
#define PAD_PULL_UP (1u << 3)
#define PAD_DRIVE_4MA (1u << 4)
#define PAD_INPUT_ENABLE (1u << 6)
#define PAD_OUTPUT_DISABLE (1u << 7)
/* A pin that is read and may be driven: what most functions want. */
#define PAD_DIGITAL (PAD_INPUT_ENABLE | PAD_SCHMITT | PAD_DRIVE_4MA)

/* --- 4.5.3 PWM --- */
struct pwm {
  struct pwm_slice {
    reg csr, div, ctr, cc, top;
  } slice[8];
};
#define PWM ((struct pwm *)block(0x40050000u))
#define PWM_CSR_ENABLE 1u

/* --- 4.6.5 Timer --- */
struct timer {
  reg timehw, timelw, timehr, timelr;
  reg alarm[4];
  reg armed, timerawh, timerawl, dbgpause, pause;
  reg intr, inte, intf, ints;
};
#define TIMER ((struct timer *)block(0x40054000u))

/* --- 4.7.6 Watchdog --- */
struct watchdog {
  reg ctrl, load, reason;
  reg scratch[8]; /* 4 to 7 belong to the boot ROM */
  reg tick;
};
#define WATCHDOG ((struct watchdog *)block(0x40058000u))
#define WATCHDOG_TRIGGER (1u << 31)
#define WATCHDOG_ENABLE (1u << 30)
#define WATCHDOG_PAUSE_IN_DEBUG (7u << 24)
#define WATCHDOG_REASON_TIMER 1u
#define WATCHDOG_REASON_FORCE 2u
#define WATCHDOG_TICK_ENABLE (1u << 9)

/* --- 4.9.6 ADC --- */
struct adc {
  reg cs, result;
};
#define ADC ((struct adc *)block(0x4004c000u))
#define ADC_CS_ENABLE (1u << 0)
#define ADC_CS_START_ONCE (1u << 2)
#define ADC_CS_READY (1u << 8)
#define ADC_CS_INPUT_SHIFT 12u

/* --- 4.10.13 SSI, which serves the flash --- */
struct ssi {
  reg ctrlr0, ctrlr1, enable, mwcr, ser, baudr, txftlr, rxftlr, txflr, rxflr, sr;
  reg pad0[13];
  reg dr0;
};
#define SSI ((struct ssi *)block(0x18000000u))
#define SSI_SR_RFNE (1u << 3)

#endif
