/* The registers of I2C, SPI, serial ports and USB that are used. Sections are those of the RP2040 datasheet. */
#ifndef THIMBLE_BUS_REGISTERS_H
#define THIMBLE_BUS_REGISTERS_H

#include "registers.h"

/* --- 2.14.3 Resets. Of the unit 1 it is the next bit. --- */
#define RESET_I2C0 (1u << 3)
#define RESET_SPI0 (1u << 16)
#define RESET_UART0 (1u << 22)
#define RESET_USBCTRL (1u << 24)

/* --- 2.19.2 Functions of pins --- */
enum { FUNCTION_SPI = 1, FUNCTION_UART = 2, FUNCTION_I2C = 3 };
/* Of GPIO_CTRL (2.19.6.1): the pad is driven low, whatever the function wants. */
#define GPIO_DRIVEN_LOW (3u << 12 | 2u << 8)

/* --- 4.1.4 USB --- */
struct usb_memory {
  reg setup[2];
  struct {
    reg in, out;
  } endpoint[15]; /* control of endpoints 1 to 15 */
};
#define USB_MEMORY ((struct usb_memory *)block(0x50100000u))
/* What follows it. */
#define USB_BUFFERS_OFFSET 0x80u
struct usb_buffers {
  struct {
    reg in, out;
  } control[16]; /* buffer control */
  uint8_t control_data[128]; /* of endpoint 0, both directions */
  uint8_t in_data[64], out_data[64];
};
_Static_assert(sizeof(struct usb_memory) == USB_BUFFERS_OFFSET && __builtin_offsetof(struct usb_buffers, in_data) == 0x100,
               "datasheet 4.1.2.5");
#define USB_BUFFERS ((struct usb_buffers *)block(0x50100000u + USB_BUFFERS_OFFSET))
#define USB_ENDPOINT_ENABLE (1u << 31)
#define USB_ENDPOINT_INTERRUPT (1u << 29) /* for each buffer */
#define USB_ENDPOINT_BULK (2u << 26)
#define USB_ENDPOINT_NOTIFY (3u << 26)
#define USB_BUFFER_FULL (1u << 15)
#define USB_BUFFER_DATA1 (1u << 13)
#define USB_BUFFER_STALL (1u << 11)
#define USB_BUFFER_AVAILABLE (1u << 10)
#define USB_BUFFER_LENGTH 0x3ffu

struct usb {
  reg addr_endp[16];
  reg main_ctrl, sof_wr, sof_rd, sie_ctrl, sie_status, int_ep_ctrl, buff_status, buff_cpu_should_handle, ep_abort,
      ep_abort_done, ep_stall_arm, nak_poll, ep_status_stall_nak, muxing, pwr, phy_direct, phy_direct_override, phy_trim;
  reg pad0;
  reg intr, inte, intf, ints;
};
_Static_assert(__builtin_offsetof(struct usb, ints) == 0x98, "datasheet 4.1.4");
#define USB ((struct usb *)block(0x50110000u))
#define USB_MAIN_ENABLE (1u << 0)
#define USB_SIE_EP0_INTERRUPT (1u << 29)
#define USB_SIE_PULL_UP (1u << 16)
#define USB_SIE_BUS_RESET (1u << 19)
#define USB_SIE_SETUP (1u << 17)
#define USB_SIE_SUSPENDED (1u << 4)
#define USB_MUXING_TO_PHY (1u << 0)
#define USB_MUXING_SOFTCON (1u << 3)
#define USB_PWR_VBUS_DETECT (1u << 3)
#define USB_PWR_VBUS_OVERRIDE (1u << 2)
#define USB_INT_SETUP (1u << 16)
#define USB_INT_BUS_RESET (1u << 12)
#define USB_INT_BUFFER (1u << 4)
#define USB_STALL_EP0 3u

/* --- 4.2.8 UART (PL011) --- */
struct uart {
  reg dr, rsr, pad0[4], fr, pad1, ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, ris, mis, icr;
};
_Static_assert(__builtin_offsetof(struct uart, icr) == 0x44, "datasheet 4.2.8");
#define UART(unit) ((struct uart *)block(0x40034000u + 0x4000u * (unit)))
#define UART_FR_RX_EMPTY (1u << 4)
#define UART_FR_TX_FULL (1u << 5)
#define UART_LCR_FIFOS (1u << 4)
#define UART_LCR_8_BITS (3u << 5)
#define UART_CR_ENABLE (1u << 0)
#define UART_CR_TX (1u << 8)
#define UART_CR_RX (1u << 9)
#define UART_INT_RX (1u << 4)
#define UART_INT_TX (1u << 5)
#define UART_INT_RX_TIMEOUT (1u << 6)

/* --- 4.3.17 I2C (DW_apb_i2c) --- */
struct i2c {
  reg con, tar, sar, pad0, data_cmd, ss_scl_hcnt, ss_scl_lcnt, fs_scl_hcnt, fs_scl_lcnt, pad1[2], intr_stat, intr_mask,
      raw_intr_stat, rx_tl, tx_tl, clr_intr, clr[10], enable, status, txflr, rxflr, sda_hold, tx_abrt_source;
};
_Static_assert(__builtin_offsetof(struct i2c, tx_abrt_source) == 0x80, "datasheet 4.3.17");
#define I2C(unit) ((struct i2c *)block(0x40044000u + 0x4000u * (unit)))
#define I2C_CON_MASTER (1u << 0 | 1u << 6) /* and no slave */
#define I2C_CON_SPEED_FAST (2u << 1)
#define I2C_CON_RESTART_ENABLE (1u << 5)
#define I2C_COMMAND_READ (1u << 8)
#define I2C_COMMAND_STOP (1u << 9)
#define I2C_COMMAND_RESTART (1u << 10)
#define I2C_STATUS_TX_NOT_FULL (1u << 1)
#define I2C_INT_RX_FULL (1u << 2)
#define I2C_INT_TX_EMPTY (1u << 4)
#define I2C_INT_TX_ABORT (1u << 6)
#define I2C_INT_STOP (1u << 9)
#define I2C_ABORT_NO_DATA_ACK (1u << 3)
#define I2C_ABORT_ARBITRATION (1u << 12)

/* --- 4.4.4 SPI (PL022) --- */
struct spi {
  reg cr0, cr1, dr, sr, cpsr, imsc, ris, mis, icr;
};
#define SPI(unit) ((struct spi *)block(0x4003c000u + 0x4000u * (unit)))
#define SPI_CR0_8_BITS 7u
#define SPI_CR0_MODE (3u << 6)
#define SPI_CR0_RATE_SHIFT 8u
#define SPI_CR1_ENABLE (1u << 1)
#define SPI_SR_RX_NOT_EMPTY (1u << 2)
#define SPI_INT_RX (1u << 2)

#endif
