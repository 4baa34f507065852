/* Serial ports: a queue in each direction, served by interrupts. */
#include "bus-registers.h"
#include "bus.h"
#include "buses.h"
#include "contract.h"
#include "drivers.h"

#define QUEUE_BYTES 256u

struct queue {
  volatile uint32_t in, out; /* bytes so far */
  uint8_t bytes[QUEUE_BYTES];
};

static struct serial {
  volatile uint32_t lost;    /* bytes, since the last read */
  volatile uint32_t arrived; /* bytes, which is noted */
  struct queue rx, tx;
} serials[2];

__attribute__((noinline)) static struct serial *serial_of(uint32_t unit) { return &serials[unit]; }

/* False if there is no room. */
__attribute__((noinline)) static bool put(struct queue *self, uint32_t byte) {
  uint32_t in = self->in;
  if (in - self->out >= QUEUE_BYTES) return false;
  self->bytes[in % QUEUE_BYTES] = (uint8_t)byte;
  self->in = in + 1;
  return true;
}

/* Negative if there is none. */
__attribute__((noinline)) static int32_t take(struct queue *self) {
  uint32_t out = self->out;
  if (out == self->in) return -1;
  uint32_t byte = self->bytes[out % QUEUE_BYTES];
  self->out = out + 1;
  return (int32_t)byte;
}

/* Bytes came, some or all have gone, or there are some to send. */
void uart_interrupt(void) {
  uint32_t unit;
  __asm__("mrs %0, ipsr" : "=r"(unit));
  unit -= 16 + IRQ_UART0;
  struct uart *uart = UART(unit);
  struct serial *self = serial_of(unit);
  uart->icr = UART_INT_TX | UART_INT_RX_TIMEOUT;
  while (!(uart->fr & UART_FR_RX_EMPTY)) {
    uint32_t byte = uart->dr;
    /* Bits 8 to 11: framing, parity, break, overrun. */
    if (byte > 0xff || !put(&self->rx, byte)) {
      self->lost = true;
    } else if (!self->arrived) {
      self->arrived = true;
      source_note(PIN_COUNT + unit, 0);
    }
  }
  int32_t byte;
  /* Where bytes are left the FIFO is full, and will interrupt when half of it is gone. */
  while (!(uart->fr & UART_FR_TX_FULL) && (byte = take(&self->tx)) >= 0) uart->dr = (uint32_t)byte;
}

bool uart_open(const struct need *need) {
  struct uart *uart = UART(need->unit);
  uint32_t divide = CLOCK_HZ * 4 / need->hertz; /* 64ths of clk_peri / (16 x baud) */
  uart->ibrd = divide >> 6;
  uart->fbrd = divide % 64;
  uart->lcr_h = UART_LCR_8_BITS | UART_LCR_FIFOS;
  uart->cr = UART_CR_ENABLE | UART_CR_TX | UART_CR_RX;
  uart->imsc = UART_INT_RX | UART_INT_RX_TIMEOUT | UART_INT_TX;
  return divide >= 64;
}

void uart_noted(uint32_t unit, uint64_t time_us) {
  /* What comes between belongs to the first byte: it is read with it. */
  serial_of(unit)->arrived = false;
  uart_received(unit, time_us);
}

int32_t port_uart_write(const struct need *port, const uint8_t *data, uint32_t length) {
  struct serial *self = serial_of(port->unit);
  uint32_t taken = 0;
  while (taken < length && put(&self->tx, data[taken])) taken++;
  NVIC_ISPR = 1u << IRQ_UART0 << port->unit;
  return (int32_t)taken;
}

int32_t port_uart_read(const struct need *port, uint8_t *out, uint32_t capacity) {
  struct serial *self = serial_of(port->unit);
  uint32_t length = 0;
  int32_t byte;
  if (self->lost) {
    self->lost = false;
    return -ERROR_OVERRUN;
  }
  while (length < capacity && (byte = take(&self->rx)) >= 0) out[length++] = (uint8_t)byte;
  return (int32_t)length;
}

uint32_t port_uart_waiting(const struct need *port) {
  const struct serial *self = serial_of(port->unit);
  return self->rx.in - self->rx.out;
}
