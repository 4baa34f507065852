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
#define STRETCH_US 25000u
/* Half a bit where the lines are driven by hand. */
#define HALF_US 5u
/* Nine clocks with SDA high: what frees a device that was left in the middle of a byte (UM10204 3.1.16). */
#define NINE_ONES 0x1ffu

enum line { SDA, SCL };

/* --- By hand: what the controller, which is off then, cannot do. It lets go of the lines; the pads override that. --- */

static uint32_t is_high(const struct need *device, uint32_t line) { return SIO->gpio_in >> device->pins[line] & 1; }

static bool is_free(const struct need *device) { return is_high(device, SDA) & is_high(device, SCL); }

/* Lets a line go or drives it low, and waits for half a bit. */
static void drive(const struct need *device, uint32_t line, uint32_t high) {
  struct timer *timer = TIMER;
  reg *ctrl = &IO_BANK0->gpio[device->pins[line]].ctrl;
  *(high ? &CLEAR_BITS(*ctrl) : &SET_BITS(*ctrl)) = GPIO_DRIVEN_LOW;
  uint32_t began_us = timer->timerawl;
  while (timer->timerawl - began_us <= HALF_US) {
  }
}

/* A start, nine bits, of which the ninth is a one, and a stop. Zero if a device drove the ninth bit low. */
static uint32_t send_by_hand(const struct need *device, uint32_t bits) {
  limit_begin(STRETCH_US);
  drive(device, SDA, 0);
  bits <<= 32 - 9;
  /* A tenth that is a zero is the first half of the stop. What the lines show comes in behind. */
  for (uint32_t i = 0; i < 10; i++) {
    drive(device, SCL, 0);
    drive(device, SDA, bits >> 31);
    do {
      drive(device, SCL, 1);
    } while (!is_high(device, SCL) && !limit_passed());
    bits = bits << 1 | is_high(device, SDA);
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

int32_t port_i2c_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint8_t *out,
                          uint32_t out_length) {
  if (!is_free(device)) {
    send_by_hand(device, NINE_ONES);
    if (!is_free(device)) return -ERROR_BUS_STUCK;
  }
  uint32_t left = length + out_length; /* commands that are not given yet; out_length has reads that did not come in */
  if (left == 0) return send_by_hand(device, device->address << 2 | 1u) ? -ERROR_NAK_ADDRESS : 0;
  struct i2c *i2c = I2C(device->unit);
  /* Nine bits for each byte in cycles / 125 are less than this; addresses and stops fit into the rest. */
  limit_begin(STRETCH_US + (left * configure(i2c, device) >> 3));
  uint32_t raw;
  do {
    /* What comes in has room. */
    while (left != 0 && i2c->status & I2C_STATUS_TX_NOT_FULL && out_length < left + FIFO_SIZE) {
      uint32_t command = left > out_length ? *data++ : I2C_COMMAND_READ;
      left--;
      i2c->data_cmd = left == 0 ? command | I2C_COMMAND_STOP : command;
    }
    i2c->intr_mask = left == 0 ? I2C_INT_STOP : I2C_INT_STOP | I2C_INT_TX_EMPTY;
    wait_for_interrupt();
    raw = i2c->raw_intr_stat;
    while (i2c->rxflr != 0) {
      *out++ = (uint8_t)i2c->data_cmd;
      out_length--;
    }
  } while (!(raw & I2C_INT_STOP) && !limit_passed());
  int32_t error = raw & I2C_INT_STOP ? 0 : -ERROR_TIMEOUT;
  uint32_t source = i2c->tx_abrt_source;
  if (source != 0) error = -ERROR_NAK_ADDRESS;
  if (source & I2C_ABORT_NO_DATA_ACK) error = -ERROR_NAK_DATA;
  if (source & I2C_ABORT_ARBITRATION) error = -ERROR_ARBITRATION_LOST;
  /* The lines are let go; the next transaction finds out whether the device is still in the middle of a byte. */
  SET_BITS(RESETS->reset) = RESET_I2C0 << device->unit;
  clocks_open(RESET_I2C0 << device->unit, 0, 0);
  return error;
}
