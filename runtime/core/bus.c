#include "bus.h"

#include "port.h"

/* Returns what the contract returns: out_length or a negated error. */
static int32_t i2c_transfer(struct container *self, const struct need *device, const uint8_t *data, uint32_t length,
                            uint8_t *out, uint32_t out_length) {
  (void)self;
  int32_t error = port_i2c_transfer(device, data, length, out, out_length);
  return error < 0 ? error : (int32_t)out_length;
}

int32_t i2c_read(struct container *self, const struct need *device, uint8_t *out, uint32_t capacity) {
  return i2c_transfer(self, device, NULL, 0, out, capacity);
}

int32_t i2c_write(struct container *self, const struct need *device, const uint8_t *data, uint32_t data_length) {
  return i2c_transfer(self, device, data, data_length, NULL, 0);
}

int32_t i2c_write_read(struct container *self, const struct need *device, const uint8_t *data, uint32_t data_length,
                       uint8_t *out, uint32_t capacity) {
  return i2c_transfer(self, device, data, data_length, out, capacity);
}

int32_t i2c_read_registers(struct container *self, const struct need *device, uint32_t register_, uint8_t *out,
                           uint32_t capacity) {
  uint8_t data[] = {(uint8_t)register_};
  return i2c_transfer(self, device, data, sizeof data, out, capacity);
}

int32_t i2c_write_register(struct container *self, const struct need *device, uint32_t register_, uint32_t value) {
  uint8_t data[] = {(uint8_t)register_, (uint8_t)value};
  return i2c_transfer(self, device, data, sizeof data, NULL, 0);
}

static int32_t spi_exchange(struct container *self, const struct need *device, const uint8_t *data, uint32_t length,
                            uint32_t total, uint8_t *out, uint32_t skip) {
  (void)self;
  int32_t error = port_spi_transfer(device, data, length, total, out, skip);
  return error < 0 ? error : (int32_t)(total - skip);
}

int32_t spi_write(struct container *self, const struct need *device, const uint8_t *data, uint32_t data_length) {
  return spi_exchange(self, device, data, data_length, data_length, NULL, data_length);
}

int32_t spi_write_read(struct container *self, const struct need *device, const uint8_t *data, uint32_t data_length,
                       uint8_t *out, uint32_t capacity) {
  return spi_exchange(self, device, data, data_length, data_length + capacity, out, data_length);
}

int32_t spi_transfer(struct container *self, const struct need *device, const uint8_t *data, uint32_t data_length,
                     uint8_t *out, uint32_t capacity) {
  if (capacity < data_length) return -ERROR_TOO_SMALL;
  return spi_exchange(self, device, data, data_length, data_length, out, 0);
}

int32_t uart_write(struct container *self, const struct need *port, const uint8_t *data, uint32_t data_length) {
  (void)self;
  return port_uart_write(port, data, data_length);
}

int32_t uart_read(struct container *self, const struct need *port, uint8_t *out, uint32_t capacity) {
  (void)self;
  return port_uart_read(port, out, capacity);
}

void uart_watch(struct container *self, const struct need *port, uint32_t handler) {
  (void)binding_claim(self, SOURCE_UART, (uintptr_t)port, handler);
}

void uart_received(uint32_t port, uint64_t time_us) {
  for (struct binding *binding = bindings; binding->owner != NULL; binding++) {
    if (binding->source != SOURCE_UART || binding_need(binding)->unit != port) continue;
    if (binding_find(binding->owner, SOURCE_UART | EVENT, binding->subject) != NULL) continue; /* one waits */
    (void)event_post(binding, 0, time_us);
  }
}
