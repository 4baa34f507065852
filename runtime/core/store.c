/* Small values by key. The port keeps with each what it is, so that a number is not taken for bytes. */
#include "container.h"
#include "port.h"

int64_t store_get_number(struct container *self, uint32_t key) {
  uint32_t value = 0;
  int32_t length = port_store_read(self, key, STORED_NUMBER, &value, sizeof value);
  return length < 0 ? length : (int64_t)value;
}

int32_t store_set_number(struct container *self, uint32_t key, int32_t value) {
  return port_store_write(self, key, STORED_NUMBER, &value, sizeof value);
}

int32_t store_read(struct container *self, uint32_t key, uint8_t *out, uint32_t capacity) {
  return port_store_read(self, key, STORED_BYTES, out, capacity);
}

int32_t store_write(struct container *self, uint32_t key, const uint8_t *data, uint32_t data_length) {
  return port_store_write(self, key, STORED_BYTES, data, data_length);
}

void store_remove(struct container *self, uint32_t key) {
  port_store_remove(self, key);
}
