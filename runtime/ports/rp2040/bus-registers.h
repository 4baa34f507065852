/* Registers of the buses, those that are used. Sections are those of the RP2040 datasheet. */
#ifndef THIMBLE_BUS_REGISTERS_H
#define THIMBLE_BUS_REGISTERS_H

#include <stdint.h>

#define REGISTER(address) (*(volatile uint32_t *)(address))
/* Aliases of each register of APB and AHB-Lite peripherals that set or clear bits (2.1.2). */
#define SET_ALIAS 0x2000u
#define CLEAR_ALIAS 0x3000u

/* 2.3.1.7 SIO */
#define SIO_GPIO_IN REGISTER(0xd0000004)
#define SIO_GPIO_OUT_SET REGISTER(0xd0000014)
#define SIO_GPIO_OUT_CLR REGISTER(0xd0000018)
#define SIO_GPIO_OE_SET REGISTER(0xd0000024)
#define SIO_GPIO_OE_CLR REGISTER(0xd0000028)

/* 2.14.3 Resets */
#define RESETS_SET REGISTER(0x4000c000 + SET_ALIAS)
#define RESETS_CLEAR REGISTER(0x4000c000 + CLEAR_ALIAS)
#define RESETS_DONE REGISTER(0x4000c008)
#define RESET_I2C0 3u
#define RESET_SPI0 16u
#define RESET_UART0 22u
#define RESET_USBCTRL 24u

/* 2.19.6 GPIO: IO_BANK0 and PADS_BANK0 */
#define IO_CTRL(pin) REGISTER(0x40014004 + 8 * (pin))
#define PADS(pin) REGISTER(0x4001c004 + 4 * (pin))
enum function { FUNCTION_SPI = 1, FUNCTION_UART = 2, FUNCTION_I2C = 3, FUNCTION_SIO = 5 };
#define PADS_SCHMITT (1u << 1)
#define PADS_PULL_UP (1u << 3)
#define PADS_DRIVE_4MA (1u << 4)
#define PADS_INPUT_ENABLE (1u << 6)

/* 2.4.8 NVIC */
#define NVIC_ISER REGISTER(0xe000e100)
#define NVIC_ICER REGISTER(0xe000e180)
enum irq { IRQ_TIMER_1 = 1, IRQ_USB = 5, IRQ_SPI0 = 18, IRQ_UART0 = 20, IRQ_I2C0 = 23 };

/* 4.6.5 Timer */
#define TIMER_ALARM1 REGISTER(0x40054014)
#define TIMER_ARMED REGISTER(0x40054020)
#define TIMER_RAW_LOW REGISTER(0x40054028)
#define TIMER_INTR REGISTER(0x40054034)
#define TIMER_INTE_SET REGISTER(0x40054038 + SET_ALIAS)

/* 4.3.17 I2C (DW_apb_i2c) */
struct i2c_registers {
  uint32_t con, tar, sar, reserved_0c, data_cmd, ss_scl_hcnt, ss_scl_lcnt, fs_scl_hcnt, fs_scl_lcnt, reserved_24,
      reserved_28, intr_stat, intr_mask, raw_intr_stat, rx_tl, tx_tl, clr_intr, clr_rx_under, clr_rx_over, clr_tx_over,
      clr_rd_req, clr_tx_abrt, clr_rx_done, clr_activity, clr_stop_det, clr_start_det, clr_gen_call, enable, status,
      txflr, rxflr, sda_hold, tx_abrt_source;
};
_Static_assert(__builtin_offsetof(struct i2c_registers, tx_abrt_source) == 0x80, "datasheet 4.3.17");
#define I2C(unit) ((volatile struct i2c_registers *)(0x40044000 + 0x4000 * (unit)))
enum {
  I2C_CON_MASTER = 1 << 0,
  I2C_CON_SPEED_FAST = 2 << 1,
  I2C_CON_RESTART_EN = 1 << 5,
  I2C_CON_SLAVE_DISABLE = 1 << 6,
  I2C_CMD_READ = 1 << 8,
  I2C_CMD_STOP = 1 << 9,
  I2C_CMD_RESTART = 1 << 10,
  I2C_STATUS_TX_NOT_FULL = 1 << 1,
  I2C_INTR_RX_FULL = 1 << 2,
  I2C_INTR_TX_EMPTY = 1 << 4,
  I2C_INTR_TX_ABRT = 1 << 6,
  I2C_INTR_STOP_DET = 1 << 9,
  I2C_ABRT_TXDATA_NOACK = 1 << 3,
  I2C_ABRT_ARB_LOST = 1 << 12,
};

/* 4.4.4 SPI (PL022) */
struct spi_registers {
  uint32_t cr0, cr1, dr, sr, cpsr, imsc, ris, mis, icr;
};
#define SPI(unit) ((volatile struct spi_registers *)(0x4003c000 + 0x4000 * (unit)))
enum {
  SPI_CR0_8_BITS = 7,
  SPI_CR0_MODE = 6,
  SPI_CR0_RATE = 8,
  SPI_CR1_ENABLE = 1 << 1,
  SPI_SR_RX_NOT_EMPTY = 1 << 2,
  SPI_IMSC_RX = 1 << 2,
};

/* 4.2.8 UART (PL011) */
struct uart_registers {
  uint32_t dr, rsr, reserved_08[4], fr, reserved_1c, ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, mis, icr;
};
_Static_assert(__builtin_offsetof(struct uart_registers, icr) == 0x44, "datasheet 4.2.8");
#define UART(unit) ((volatile struct uart_registers *)(0x40034000 + 0x4000 * (unit)))
enum {
  UART_FR_RX_EMPTY = 1 << 4,
  UART_FR_TX_FULL = 1 << 5,
  UART_LCR_FIFOS = 1 << 4,
  UART_LCR_8_BITS = 3 << 5,
  UART_CR_ENABLE = 1 << 0,
  UART_CR_TX = 1 << 8,
  UART_CR_RX = 1 << 9,
  UART_INT_RX = 1 << 4,
  UART_INT_TX = 1 << 5,
  UART_INT_RX_TIMEOUT = 1 << 6,
};

#endif
