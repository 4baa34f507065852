/* Nothing is stored. */
#include "contract.h"
#include "port.h"

int32_t port_store_read(const struct container *self, uint32_t key, uint8_t *out, uint32_t capacity) {
  (void)self, (void)key, (void)out, (void)capacity;
  return -ERROR_NOT_FOUND;
}

int32_t port_store_write(const struct container *self, uint32_t key, const uint8_t *data, uint32_t length) {
  (void)self, (void)key, (void)data, (void)length;
  return -ERROR_FULL;
}

void port_store_remove(const struct container *self, uint32_t key) { (void)self, (void)key; }
