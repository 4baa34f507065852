/* Serial ports: a queue in each direction, served by interrupts. */
#include "bus-registers.h"
#include "bus.h"
#include "buses.h"
#include "contract.h"
#include "drivers.h"

/* Positions wrap at 256 by themselves. A queue is empty when they are equal, so it holds 255 bytes. */
#define QUEUE_BYTES 256u

static struct serial {
  volatile uint8_t rx_in, rx_out, tx_in, tx_out;
  volatile bool lost; /* bytes, since the last read */
  volatile uint32_t arrived_us; /* the first byte since uart_poll, low word */
  uint8_t rx[QUEUE_BYTES], tx[QUEUE_BYTES];
} serials[2];

static volatile uint8_t arrived; /* bit = unit: bytes, since uart_poll */

/* Moves what waits into the FIFO. While some is left the FIFO is full, so that it will interrupt. */
static void send(uint32_t unit) {
  struct uart *uart = UART(unit);
  struct serial *self = &serials[unit];
  uint32_t interrupts = UART_INT_RX | UART_INT_RX_TIMEOUT;
  while (self->tx_in != self->tx_out) {
    if (uart->fr & UART_FR_TX_FULL) {
      interrupts |= UART_INT_TX;
      break;
    }
    uart->dr = self->tx[self->tx_out++];
  }
  uart->imsc = interrupts;
}

void uart_interrupt(void) {
  uint32_t unit;
  __asm__("mrs %0, ipsr" : "=r"(unit));
  unit -= 16 + IRQ_UART0;
  struct uart *uart = UART(unit);
  struct serial *self = &serials[unit];
  if (!(arrived & 1u << unit)) self->arrived_us = TIMER->timerawl;
  while (!(uart->fr & UART_FR_RX_EMPTY)) {
    uint32_t byte = uart->dr, in = self->rx_in;
    self->rx[in] = (uint8_t)byte;
    in = (in + 1) % QUEUE_BYTES;
    /* Bits 8 to 11: framing, parity, break, overrun. */
    if (byte > 0xff || in == self->rx_out) {
      self->lost = true;
    } else {
      self->rx_in = (uint8_t)in;
      arrived |= (uint8_t)(1u << unit);
    }
  }
  uart->icr = UART_INT_TX | UART_INT_RX_TIMEOUT;
  send(unit);
}

bool uart_open(const struct need *need) {
  uint32_t unit = need->unit;
  if (!bus_open(need)) return false;
  struct uart *uart = UART(unit);
  uint32_t divide = CLOCK_HZ * 4 / need->hertz; /* 64ths of clk_peri / (16 x baud) */
  if (divide < 64) return false;
  uart->ibrd = divide >> 6;
  uart->fbrd = divide % 64;
  uart->lcr_h = UART_LCR_8_BITS | UART_LCR_FIFOS;
  uart->cr = UART_CR_ENABLE | UART_CR_TX | UART_CR_RX;
  send(unit);
  NVIC_ISER = 1u << IRQ_UART0 << unit;
  return true;
}

bool uart_noted(void) { return arrived; }

void uart_poll(void) {
  for (uint32_t unit = 0; unit < 2; unit++) {
    uint32_t bit = 1u << unit;
    if (!(arrived & bit)) continue;
    interrupts_off();
    arrived &= (uint8_t)~bit;
    interrupts_on();
    uint64_t now_us = port_now_us();
    uart_received(unit, now_us - ((uint32_t)now_us - serials[unit].arrived_us));
  }
}

int32_t port_uart_write(const struct need *port, const uint8_t *data, uint32_t length) {
  struct serial *self = &serials[port->unit];
  uint32_t taken = 0, in = self->tx_in;
  while (taken < length && (uint8_t)(in + 1) != self->tx_out) {
    self->tx[in] = data[taken++];
    self->tx_in = (uint8_t)++in;
    in = self->tx_in;
  }
  interrupts_off();
  send(port->unit);
  interrupts_on();
  return (int32_t)taken;
}

int32_t port_uart_read(const struct need *port, uint8_t *out, uint32_t capacity) {
  struct serial *self = &serials[port->unit];
  uint32_t length = 0;
  if (self->lost) {
    self->lost = false;
    return -ERROR_OVERRUN;
  }
  while (length < capacity && self->rx_in != self->rx_out) out[length++] = self->rx[self->rx_out++];
  return (int32_t)length;
}

uint32_t port_uart_waiting(const struct need *port) {
  const struct serial *self = &serials[port->unit];
  return (uint8_t)(self->rx_in - self->rx_out);
}
