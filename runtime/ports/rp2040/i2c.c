/* I2C controller: a transaction goes through the FIFOs of 16 entries while the core sleeps. */
#include "bus-registers.h"
#include "buses.h"
#include "drivers.h"
#include "contract.h"

#define HERTZ_MIN 2000u /* counts of 16 bits reach down to 1,100 */
#define HERTZ_MAX 1000000u
#define FIFO_SIZE 16u
/* Levels at which the FIFOs ask for attention: commands left, bytes there. */
#define TX_LEVEL 4u
#define RX_LEVEL 8u
/* Cycles of clk_sys that the controller itself adds to the high time: spike filter of 7 (its reset value, 50 ns at
   125 MHz), and 7; and to the low time 1 (4.3.14.1). */
#define HIGH_EXTRA 14u
/* What a device may add to a transaction by stretching the clock: the cumulative limit of SMBus. */
#define STRETCH_US 25000u
/* Nine clocks with SDA high: what frees a device that was left in the middle of a byte (UM10204 3.1.16). */
#define NINE_ONES 0x1ffu

bool i2c_open(const struct need *need) {
  uint32_t unit = need->unit;
  for (uint32_t i = 0; i < 2; i++) { /* SDA, SCL */
    uint32_t pin = need->pins[i];
    if ((pin & 3) != 2 * unit + i || !pins_select(pin, FUNCTION_I2C, PAD_DIGITAL | PAD_PULL_UP)) return false;
  }
  clocks_open(RESET_I2C0 << unit, GATE0_I2C0 << unit, 0);
  return need->hertz >= HERTZ_MIN;
}

/* Cycles of clk_sys in a bit. */
static uint32_t bit_cycles(const struct need *device) {
  uint32_t hertz = device->hertz;
  if (hertz > HERTZ_MAX) hertz = HERTZ_MAX;
  return (CLOCK_HZ + hertz - 1) / hertz;
}

/* --- By hand: what the controller cannot do --- */

struct lines {
  uint32_t sda, scl; /* masks */
  uint32_t half_us;
};

static void set(uint32_t line, bool high) {
  struct sio *sio = SIO;
  if (high) {
    sio->gpio_oe_clear = line;
  } else {
    sio->gpio_oe_set = line;
  }
}

/* Sets a line, and waits for half a bit, for SCL until it is high. */
static void drive(const struct lines *lines, uint32_t line, bool high) {
  set(line, high);
  uint32_t began_us = TIMER->timerawl;
  while (TIMER->timerawl - began_us <= lines->half_us) {
  }
  while (high && line == lines->scl && (SIO->gpio_in & line) == 0 && !transfer_over()) {
  }
}

/* A start, nine bits, the ninth a one, and a stop. True if a device drove the ninth bit low. */
static bool send_by_hand(const struct need *device, uint32_t bits) {
  const struct lines lines = {1u << device->pins[0], 1u << device->pins[1], bit_cycles(device) >> 7};
  transfer_begin(STRETCH_US);
  SIO->gpio_out_clear = lines.sda | lines.scl;
  set(lines.sda | lines.scl, true);
  for (uint32_t i = 0; i < 2; i++) IO_BANK0->gpio[device->pins[i]].ctrl = FUNCTION_SIO;
  drive(&lines, lines.scl, true);
  drive(&lines, lines.sda, false);
  uint32_t acknowledge = 0;
  for (uint32_t mask = 0x100; mask != 0; mask >>= 1) {
    drive(&lines, lines.scl, false);
    drive(&lines, lines.sda, (bits & mask) != 0);
    drive(&lines, lines.scl, true);
    acknowledge = SIO->gpio_in & lines.sda;
  }
  drive(&lines, lines.scl, false);
  drive(&lines, lines.sda, false);
  drive(&lines, lines.scl, true);
  drive(&lines, lines.sda, true);
  for (uint32_t i = 0; i < 2; i++) IO_BANK0->gpio[device->pins[i]].ctrl = FUNCTION_I2C;
  return acknowledge == 0;
}

static bool is_stuck(const struct need *device) {
  uint32_t levels = SIO->gpio_in;
  return (levels >> device->pins[0] & levels >> device->pins[1] & 1) == 0;
}

/* --- By the controller --- */

static void configure(struct i2c *i2c, const struct need *device) {
  uint32_t cycles = bit_cycles(device);
  /* Low for 9/16: above the least low and high times of all three modes (UM10204, table 10). */
  uint32_t low = cycles * 9 >> 4;
  i2c->enable = 0;
  i2c->con = I2C_CON_MASTER | I2C_CON_SPEED_FAST | I2C_CON_RESTART_ENABLE;
  i2c->tar = device->address;
  i2c->fs_scl_lcnt = low - 1;
  i2c->fs_scl_hcnt = cycles - low - HIGH_EXTRA;
  i2c->sda_hold = cycles >> 3; /* 300 ns at 400 kHz, 120 ns at 1 MHz, as the specification asks for */
  i2c->tx_tl = TX_LEVEL;
  i2c->rx_tl = RX_LEVEL - 1;
  i2c->enable = 1;
  (void)i2c->clr_intr;
}

static int32_t abort_error(struct i2c *i2c) {
  uint32_t source = i2c->tx_abrt_source;
  if ((source & I2C_ABORT_ARBITRATION) != 0) return -ERROR_ARBITRATION_LOST;
  while ((i2c->raw_intr_stat & I2C_INT_STOP) == 0 && !transfer_over()) {
  }
  return (source & I2C_ABORT_NO_DATA_ACK) != 0 ? -ERROR_NAK_DATA : -ERROR_NAK_ADDRESS;
}

int32_t port_i2c_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint8_t *out,
                          uint32_t out_length) {
  struct i2c *i2c = I2C(device->unit);
  uint32_t total = length + out_length, sent = 0, received = 0, raw;
  if (is_stuck(device)) {
    (void)send_by_hand(device, NINE_ONES);
    if (is_stuck(device)) return -ERROR_BUS_STUCK;
  }
  if (total == 0) return send_by_hand(device, (uint32_t)device->address << 2 | 1) ? 0 : -ERROR_NAK_ADDRESS;
  configure(i2c, device);
  /* Ten bits for each byte and for what is around them, in cycles / 64: twice their time. */
  transfer_begin(STRETCH_US + ((total + 4) * 10 * bit_cycles(device) >> 6));
  do {
    /* Never more bytes on their way than the FIFO for them holds. */
    uint32_t limit = length + received + FIFO_SIZE;
    if (limit > total) limit = total;
    while (sent < limit && (i2c->status & I2C_STATUS_TX_NOT_FULL) != 0) {
      uint32_t command = sent < length ? data[sent] : I2C_COMMAND_READ;
      if (sent == length && sent != 0) command |= I2C_COMMAND_RESTART;
      if (++sent == total) command |= I2C_COMMAND_STOP;
      i2c->data_cmd = command;
    }
    i2c->intr_mask = I2C_INT_STOP | I2C_INT_TX_ABORT | I2C_INT_RX_FULL | (sent < limit ? I2C_INT_TX_EMPTY : 0);
    transfer_wait(1u << (IRQ_I2C0 + device->unit) | TRANSFER_LIMIT);
    raw = i2c->raw_intr_stat;
    while (i2c->rxflr != 0) {
      *out++ = (uint8_t)i2c->data_cmd;
      received++;
    }
    if ((raw & I2C_INT_TX_ABORT) != 0) return abort_error(i2c);
    if ((raw & I2C_INT_STOP) != 0) return 0;
  } while (!transfer_over());
  /* The lines are let go; the next transaction finds out whether the device is still in the middle of a byte. */
  SET_BITS(RESETS->reset) = RESET_I2C0 << device->unit;
  clocks_open(RESET_I2C0 << device->unit, 0, 0);
  return -ERROR_TIMEOUT;
}
