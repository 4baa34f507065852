/* SPI controller. The select line is a plain output. */
#include "bus-registers.h"
#include "buses.h"
#include "drivers.h"

#define FIFO_SIZE 8u
/* Bytes that came in at which the controller interrupts. */
#define RX_LEVEL 4u

static void configure(struct spi *spi, const struct need *device) {
  uint32_t prescale = 2, mode = device->mode;
  uint32_t divide = (CLOCK_HZ / 2 - 1) / device->hertz;
  for (; divide > 255; divide >>= 1) prescale <<= 1;
  spi->cr1 = 0;
  /* Bit 1 of the mode is the polarity, bit 6, bit 0 the phase, bit 7: the product has each in both places. */
  spi->cr0 = SPI_CR0_8_BITS | (mode * (1u << 5 | 1u << 7) & SPI_CR0_MODE) | divide << SPI_CR0_RATE_SHIFT;
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
  while (received != total) {
    for (; sent != total && sent - received < FIFO_SIZE; sent++) spi->dr = sent < length ? data[sent] : 0u;
    /* The last bytes raise no interrupt and are waited for awake. */
    if (sent - received >= RX_LEVEL) wait_for_interrupt();
    for (; spi->sr & SPI_SR_RX_NOT_EMPTY; received++) {
      uint8_t byte = (uint8_t)spi->dr;
      if (received >= skip) out[received - skip] = byte;
    }
  }
  SIO->gpio_out_set = 1u << device->pins[3];
  return 0;
}
