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
  volatile bool lost;    /* bytes, since the last read */
  volatile bool arrived; /* bytes, which is noted */
  uint8_t rx[QUEUE_BYTES], tx[QUEUE_BYTES];
} serials[2];

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
  while (!(uart->fr & UART_FR_RX_EMPTY)) {
    uint32_t byte = uart->dr, in = self->rx_in;
    self->rx[in] = (uint8_t)byte;
    in = (in + 1) % QUEUE_BYTES;
    /* Bits 8 to 11: framing, parity, break, overrun. */
    if (byte > 0xff || in == self->rx_out) {
      self->lost = true;
    } else {
      self->rx_in = (uint8_t)in;
      if (!self->arrived) note(PIN_COUNT + unit, 0);
      self->arrived = true;
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

void uart_noted(uint32_t unit, uint64_t time_us) {
  /* What comes between belongs to the first byte: it is read with it. */
  serials[unit].arrived = false;
  uart_received(unit, time_us);
}

int32_t port_uart_write(const struct need *port, const uint8_t *data, uint32_t length) {
  struct serial *self = &serials[port->unit];
  uint32_t taken = 0;
  for (; taken < length && (uint8_t)(self->tx_in + 1) != self->tx_out; self->tx_in++) {
    self->tx[self->tx_in] = data[taken++];
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
