/* I2C controller: a transaction goes through the FIFOs of 16 entries while the core sleeps. */
#include "bus-registers.h"
#include "buses.h"
#include "contract.h"
#include "drivers.h"

/* Cycles of clk_sys in a bit at 1 MHz, which no device gets more than. */
#define CYCLES_MIN (CLOCK_HZ / 1000000u)
#define FIFO_SIZE 16u
/* Commands left at which the controller asks for more. */
#define TX_LEVEL 4u
/* Cycles of clk_sys that the controller itself adds to the high time: the spike filter, 7 after a reset (50 ns at 125 MHz),
   and 7; and to the low time 1 (4.3.14.1). */
#define HIGH_EXTRA 14u
/* What a device may add to a transaction by stretching the clock: the cumulative limit of SMBus. */
#define STRETCH_US (98u << 8) /* 25 ms, up to the next that is no constant in memory */
/* Half a bit where the lines are driven by hand. */
#define HALF_US 5u
/* Nine clocks with SDA high: what frees a device that was left in the middle of a byte (UM10204 3.1.16). */
#define ALL_ONES 0xffu

enum line { SDA, SCL };

/* --- By hand: what the controller, which is off then, cannot do. It lets go of the lines; the pads override that. --- */

static bool is_free(const struct need *device) {
  uint32_t levels = SIO->gpio_in;
  return levels >> device->pins[SDA] & levels >> device->pins[SCL] & 1;
}

/* Lets a line go or drives it low, and waits for half a bit. */
static void drive(const struct need *device, uint32_t line, uint32_t high) {
  struct timer *timer = TIMER;
  reg *set = &IO_BANK0_SET->gpio[device->pins[line]].ctrl;
  set[high * CLEAR_AFTER_SET] = GPIO_DRIVEN_LOW;
  uint32_t began_us = timer->timerawl;
  while (timer->timerawl - began_us <= HALF_US) {
  }
}

/* A start, a byte and a one, and a stop. Zero if a device drove the one low. */
static uint32_t send_by_hand(const struct need *device, uint32_t byte) {
  limit_begin(STRETCH_US);
  drive(device, SDA, 0);
  /* The tenth bit, a zero, is the first half of the stop. What the lines show comes in behind. */
  uint32_t bits = (byte << 1 | 1) << (32 - 9);
  for (uint32_t i = 0; i < 10; i++) {
    uint32_t levels;
    drive(device, SCL, 0);
    drive(device, SDA, bits >> 31);
    do {
      drive(device, SCL, 1);
      levels = SIO->gpio_in;
    } while (!(levels >> device->pins[SCL] & 1) && !limit_passed());
    bits = bits << 1 | (levels >> device->pins[SDA] & 1);
  }
  drive(device, SDA, 1);
  return bits & 2;
}

/* --- By the controller --- */

/* Returns its cycles of clk_sys in a bit. */
static uint32_t configure(struct i2c *i2c, const struct need *device) {
  uint32_t cycles = (CLOCK_HZ - 1) / device->hertz + 1;
  if (cycles < CYCLES_MIN) cycles = CYCLES_MIN;
  /* Low for 9/16: above the least low and high times of all three modes (UM10204, table 10). */
  uint32_t low = cycles * 9 >> 4;
  i2c->tar = device->address;
  i2c->fs_scl_lcnt = low - 1;
  i2c->fs_scl_hcnt = cycles - low - HIGH_EXTRA;
  i2c->sda_hold = cycles >> 3; /* 300 ns at 400 kHz, 120 ns at 1 MHz, as the specification asks for */
  i2c->tx_tl = TX_LEVEL;
  i2c->enable = 1;
  return cycles;
}

static int32_t transfer(const struct need *device, const uint8_t *data, uint32_t length, uint8_t *out, uint32_t total) {
  struct i2c *i2c = I2C(device->unit);
  uint32_t given = 0, received = 0, stopped;
  /* Nine bits for each byte in cycles / 125 are less than this; addresses and stops fit into the rest. */
  limit_begin(STRETCH_US + (total * configure(i2c, device) >> 3));
  do {
    /* Commands that have room, for what comes in too. */
    while (given != total && i2c->status & I2C_STATUS_TX_NOT_FULL && given - received < length + FIFO_SIZE) {
      uint32_t command = given < length ? data[given] : I2C_COMMAND_READ;
      given++;
      i2c->data_cmd = given == total ? command | I2C_COMMAND_STOP : command;
    }
    i2c->intr_mask = given == total ? I2C_INT_STOP : I2C_INT_STOP | I2C_INT_TX_EMPTY;
    wait_for_interrupt();
    stopped = i2c->raw_intr_stat & I2C_INT_STOP;
    while (i2c->rxflr != 0) out[received++] = (uint8_t)i2c->data_cmd;
  } while (!stopped && !limit_passed());
  uint32_t source = i2c->tx_abrt_source;
  /* The lines are let go; the next transaction finds out whether the device is still in the middle of a byte. */
  RESETS_SET->reset = RESET_I2C0 << device->unit;
  clocks_open(RESET_I2C0 << device->unit, 0, 0);
  if (source & I2C_ABORT_ARBITRATION) return -ERROR_ARBITRATION_LOST;
  if (source & I2C_ABORT_NO_DATA_ACK) return -ERROR_NAK_DATA;
  if (source != 0) return -ERROR_NAK_ADDRESS;
  return stopped ? 0 : -ERROR_TIMEOUT;
}

int32_t port_i2c_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint8_t *out,
                          uint32_t out_length) {
  if (!is_free(device)) send_by_hand(device, ALL_ONES);
  if (!is_free(device)) return -ERROR_BUS_STUCK;
  if (length + out_length != 0) return transfer(device, data, length, out, length + out_length);
  return send_by_hand(device, device->address * 2u) ? -ERROR_NAK_ADDRESS : 0;
}
