/* SPI controller. The select line is a plain output. */
#include "bus-registers.h"
#include "buses.h"
#include "drivers.h"

#define HERTZ_MIN 4000u /* the prescaler doubles up to 128, the divider goes to 256 */
#define FIFO_SIZE 8u
/* Bytes that came in at which the controller interrupts. */
#define RX_LEVEL 4u

bool spi_open(const struct need *need) {
  /* By the two low bits of the pin's number: 2 is SCK, 3 TX, 0 RX; bit 3 is the unit (1.4.3). */
  static const uint8_t roles[] = {2, 3, 0};
  uint32_t unit = need->unit;
  struct sio *sio = SIO;
  for (uint32_t i = 0; i < sizeof roles; i++) {
    uint32_t pin = need->pins[i];
    if ((pin & 0xb) != (unit << 3 | roles[i]) || !pins_select(pin, FUNCTION_SPI, PAD_DIGITAL)) return false;
  }
  sio->gpio_out_set = 1u << need->pins[3];
  sio->gpio_oe_set = 1u << need->pins[3];
  clocks_open(RESET_SPI0 << unit, GATE0_SPI0 << 2 * unit, 0);
  return pins_select(need->pins[3], FUNCTION_SIO, PAD_DIGITAL) && need->hertz >= HERTZ_MIN;
}

static void configure(struct spi *spi, const struct need *device) {
  uint32_t prescale = 2;
  uint32_t divide = (CLOCK_HZ / 2 + device->hertz - 1) / device->hertz;
  while (divide > 256) {
    prescale *= 2;
    divide = (divide + 1) >> 1;
  }
  uint32_t mode = device->mode; /* bit 1 is the polarity (CR0 bit 6), bit 0 the phase (bit 7) */
  spi->cr1 = 0;
  spi->cr0 = SPI_CR0_8_BITS | (mode & 2) << 5 | (mode & 1) << 7 | (divide - 1) << SPI_CR0_RATE_SHIFT;
  spi->cpsr = prescale;
  spi->imsc = SPI_INT_RX;
  spi->cr1 = SPI_CR1_ENABLE;
}

int32_t port_spi_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint32_t total,
                          uint8_t *out, uint32_t skip) {
  struct spi *spi = SPI(device->unit);
  uint32_t sent = 0, received = 0;
  configure(spi, device);
  SIO->gpio_out_clear = 1u << device->pins[3];
  while (received < total) {
    while (sent < total && sent - received < FIFO_SIZE) {
      spi->dr = sent < length ? data[sent] : 0;
      sent++;
    }
    /* The last bytes raise no interrupt and are waited for awake. */
    if (sent - received >= RX_LEVEL) transfer_wait(1u << (IRQ_SPI0 + device->unit));
    while ((spi->sr & SPI_SR_RX_NOT_EMPTY) != 0) {
      uint8_t byte = (uint8_t)spi->dr;
      if (received++ >= skip) *out++ = byte;
    }
  }
  SIO->gpio_out_set = 1u << device->pins[3];
  return 0;
}
