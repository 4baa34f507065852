/* Serial ports: a queue in each direction, served by interrupts. */
#include "bus-registers.h"
#include "bus.h"
#include "buses.h"
#include "drivers.h"
#include "contract.h"

#define BAUD_MIN 120u /* the divider has 16 bits */
#define BAUD_MAX (CLOCK_HZ / 16u)

/* Positions wrap at 256 by themselves. A queue is empty when they are equal, so it holds 255 bytes. */
struct queue {
  uint8_t bytes[256];
  volatile uint8_t in, out;
};

static struct serial {
  struct queue rx, tx;
  volatile bool lost; /* bytes, since the last read */
  volatile bool arrived;
  uint64_t arrived_us; /* the first byte since uart_poll */
} serials[2];

/* Moves what waits into the FIFO. While some is left the FIFO is full, so that it will interrupt. */
static void send(uint32_t unit) {
  struct uart *uart = UART(unit);
  struct queue *tx = &serials[unit].tx;
  while (tx->in != tx->out && (uart->fr & UART_FR_TX_FULL) == 0) uart->dr = tx->bytes[tx->out++];
  uart->imsc = UART_INT_RX | UART_INT_RX_TIMEOUT | (tx->in != tx->out ? UART_INT_TX : 0);
}

void uart_interrupt(void) {
  uint32_t exception;
  __asm__("mrs %0, ipsr" : "=r"(exception));
  uint32_t unit = exception - 16 - IRQ_UART0;
  struct uart *uart = UART(unit);
  struct serial *self = &serials[unit];
  while ((uart->fr & UART_FR_RX_EMPTY) == 0) {
    uint32_t byte = uart->dr;
    uint8_t next = (uint8_t)(self->rx.in + 1);
    /* Bits 8 to 11: framing, parity, break, overrun. */
    if (byte > 0xff || next == self->rx.out) {
      self->lost = true;
      continue;
    }
    self->rx.bytes[self->rx.in] = (uint8_t)byte;
    self->rx.in = next;
    if (!self->arrived) self->arrived_us = port_now_us();
    self->arrived = true;
  }
  uart->icr = UART_INT_TX | UART_INT_RX_TIMEOUT;
  send(unit);
}

bool uart_open(const struct need *need) {
  uint32_t unit = need->unit;
  for (uint32_t i = 0; i < 2; i++) { /* TX, RX: four pins belong to a unit, in the order 0 1 1 0 0 1 1 0 (1.4.3) */
    uint32_t pin = need->pins[i];
    if ((pin & 3) != i || ((pin + 4) >> 3 & 1) != unit) return false;
    if (!pins_select(pin, FUNCTION_UART, PAD_DIGITAL | PAD_PULL_UP)) return false;
  }
  if (need->hertz < BAUD_MIN || need->hertz > BAUD_MAX) return false;
  clocks_open(RESET_UART0 << unit, 0, GATE1_UART0 << 2 * unit);
  struct uart *uart = UART(unit);
  uint32_t divide = (CLOCK_HZ * 4 / need->hertz); /* 64ths of clk_peri / (16 x baud) */
  uart->ibrd = divide >> 6;
  uart->fbrd = divide & 63;
  uart->lcr_h = UART_LCR_8_BITS | UART_LCR_FIFOS;
  uart->cr = UART_CR_ENABLE | UART_CR_TX | UART_CR_RX;
  send(unit);
  NVIC_ISER = 1u << (IRQ_UART0 + unit);
  return true;
}

bool uart_noted(void) { return serials[0].arrived || serials[1].arrived; }

void uart_poll(void) {
  for (uint32_t unit = 0; unit < 2; unit++) {
    struct serial *self = &serials[unit];
    if (!self->arrived) continue;
    interrupts_off();
    uint64_t arrived_us = self->arrived_us;
    self->arrived = false;
    interrupts_on();
    uart_received(unit, arrived_us);
  }
}

int32_t port_uart_write(const struct need *port, const uint8_t *data, uint32_t length) {
  struct queue *tx = &serials[port->unit].tx;
  uint32_t taken = 0;
  while (taken < length && (uint8_t)(tx->in + 1) != tx->out) {
    tx->bytes[tx->in] = data[taken++];
    tx->in++;
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
  while (length < capacity && self->rx.in != self->rx.out) out[length++] = self->rx.bytes[self->rx.out++];
  return (int32_t)length;
}

uint32_t port_uart_waiting(const struct need *port) {
  const struct queue *rx = &serials[port->unit].rx;
  return (uint8_t)(rx->in - rx->out);
}
