/* I2C controller: a transaction goes through the FIFOs of 16 entries while the core sleeps. */
#include "bus-registers.h"
#include "buses.h"
#include "contract.h"
#include "drivers.h"

#define HERTZ_MAX 1000000u
#define FIFO_SIZE 16u
/* Levels at which the FIFOs ask for attention: commands left, bytes there. */
#define TX_LEVEL 4u
#define RX_LEVEL 8u
/* Cycles of clk_sys that the controller itself adds to the high time: the spike filter, 7 after a reset (50 ns at 125 MHz),
   and 7; and to the low time 1 (4.3.14.1). */
#define HIGH_EXTRA 14u
/* What a device may add to a transaction by stretching the clock: the cumulative limit of SMBus. */
#define STRETCH_US 25000u
/* Half a bit where the lines are driven by hand. */
#define HALF_US 5u
/* Nine clocks with SDA high: what frees a device that was left in the middle of a byte (UM10204 3.1.16). */
#define NINE_ONES 0x1ffu

enum line { SDA, SCL };
#define BOTH_HIGH (1u << SDA | 1u << SCL)

/* --- By hand: what the controller, which is off then, cannot do. It lets go of the lines; the pads override that. --- */

/* Bit = line: whether it is high. */
static uint32_t levels(const struct need *device) {
  uint32_t all = SIO->gpio_in;
  return (all >> device->pins[SDA] & 1) << SDA | (all >> device->pins[SCL] & 1) << SCL;
}

/* Sets a line, waits for half a bit, where SCL is let go until it is high, and returns the levels. */
static uint32_t drive(const struct need *device, uint32_t line, uint32_t high) {
  struct timer *timer = TIMER;
  IO_BANK0->gpio[device->pins[line]].ctrl = high ? FUNCTION_I2C : FUNCTION_I2C | GPIO_DRIVEN_LOW;
  uint32_t began_us = timer->timerawl, now;
  do {
    now = levels(device);
  } while (timer->timerawl - began_us <= HALF_US || (line == SCL && high && !(now & 1u << SCL) && !transfer_over()));
  return now;
}

/* A start, nine bits, of which the ninth is a one, and a stop. Zero if a device drove the ninth bit low. */
static uint32_t send_by_hand(const struct need *device, uint32_t bits) {
  uint32_t seen = 0;
  transfer_begin(STRETCH_US);
  drive(device, SDA, false);
  /* A tenth that is a zero is the first half of the stop. */
  for (uint32_t mask = 0x200; mask != 0; mask >>= 1) {
    drive(device, SCL, false);
    drive(device, SDA, bits << 1 & mask);
    seen = seen << 2 | drive(device, SCL, true);
  }
  drive(device, SDA, true);
  return seen & 1u << SDA << 2;
}

/* --- By the controller --- */

/* Returns its cycles of clk_sys in a bit. */
static uint32_t configure(struct i2c *i2c, const struct need *device) {
  uint32_t hertz = device->hertz < HERTZ_MAX ? device->hertz : HERTZ_MAX;
  uint32_t cycles = (CLOCK_HZ - 1) / hertz + 1;
  /* Low for 9/16: above the least low and high times of all three modes (UM10204, table 10). */
  uint32_t low = cycles * 9 >> 4;
  i2c->tar = device->address;
  i2c->fs_scl_lcnt = low - 1;
  i2c->fs_scl_hcnt = cycles - low - HIGH_EXTRA;
  i2c->sda_hold = cycles >> 3; /* 300 ns at 400 kHz, 120 ns at 1 MHz, as the specification asks for */
  i2c->tx_tl = TX_LEVEL;
  i2c->rx_tl = RX_LEVEL - 1;
  i2c->enable = 1;
  (void)i2c->clr_intr;
  return cycles;
}

static int32_t abort_error(struct i2c *i2c) {
  uint32_t source = i2c->tx_abrt_source;
  if (source & I2C_ABORT_ARBITRATION) return -ERROR_ARBITRATION_LOST;
  while (!(i2c->raw_intr_stat & I2C_INT_STOP) && !transfer_over()) {
  }
  return source & I2C_ABORT_NO_DATA_ACK ? -ERROR_NAK_DATA : -ERROR_NAK_ADDRESS;
}

int32_t port_i2c_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint8_t *out,
                          uint32_t out_length) {
  uint32_t unit = device->unit;
  struct i2c *i2c = I2C(unit);
  i2c->enable = 0;
  if (levels(device) != BOTH_HIGH) {
    send_by_hand(device, NINE_ONES);
    if (levels(device) != BOTH_HIGH) return -ERROR_BUS_STUCK;
  }
  if (length + out_length == 0) return send_by_hand(device, device->address << 2 | 1u) ? -ERROR_NAK_ADDRESS : 0;
  /* Nine bits for each byte in cycles / 125 are less than this; addresses and stops fit into the rest. */
  transfer_begin(STRETCH_US + ((length + out_length) * configure(i2c, device) >> 3));
  uint32_t asked = out_length; /* reads that are not commanded yet; out_length has those that did not come in */
  uint32_t flags = 0;
  do {
    uint32_t interrupts = I2C_INT_STOP | I2C_INT_TX_ABORT | I2C_INT_RX_FULL;
    while (i2c->status & I2C_STATUS_TX_NOT_FULL) {
      uint32_t command;
      if (length != 0) {
        command = *data++;
        length--;
        flags = I2C_COMMAND_RESTART;
      } else if (asked != 0 && out_length - asked < FIFO_SIZE) { /* what comes in has room */
        command = I2C_COMMAND_READ | flags;
        asked--;
        flags = 0;
      } else {
        break;
      }
      i2c->data_cmd = length + asked == 0 ? command | I2C_COMMAND_STOP : command;
    }
    i2c->intr_mask = length + asked == 0 ? interrupts : interrupts | I2C_INT_TX_EMPTY;
    transfer_wait(1u << IRQ_I2C0 << unit | TRANSFER_LIMIT);
    uint32_t raw = i2c->raw_intr_stat;
    while (i2c->rxflr != 0) {
      *out++ = (uint8_t)i2c->data_cmd;
      out_length--;
    }
    if (raw & I2C_INT_TX_ABORT) return abort_error(i2c);
    if (raw & I2C_INT_STOP) return 0;
  } while (!transfer_over());
  /* The lines are let go; the next transaction finds out whether the device is still in the middle of a byte. */
  SET_BITS(RESETS->reset) = RESET_I2C0 << unit;
  clocks_open(RESET_I2C0 << unit, 0, 0);
  return -ERROR_TIMEOUT;
}
