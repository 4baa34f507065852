/* Small values by key. What the port keeps is a tag and the value, so that a number is not taken for bytes. */
#include "container.h"
#include "port.h"

enum tag { TAG_NUMBER = 1, TAG_BYTES = 2 };

#define RECORD_BYTES_MAX (1u + STORE_BYTES_MAX)

/* Copies the value under a key: its length, or a negated error. */
static int32_t read_value(struct container *self, uint32_t key, enum tag tag, void *out, uint32_t capacity) {
  uint8_t record[RECORD_BYTES_MAX];
  int32_t length = port_store_read(self, key, record, sizeof record);
  if (length < 0) return length;
  if (length == 0 || record[0] != tag) return -ERROR_WRONG_TYPE;
  uint32_t bytes = (uint32_t)length - 1u;
  if (bytes > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, record + 1, bytes);
  return (int32_t)bytes;
}

static int32_t write_value(struct container *self, uint32_t key, enum tag tag, const void *value, uint32_t length) {
  uint8_t record[RECORD_BYTES_MAX];
  record[0] = (uint8_t)tag;
  __builtin_memcpy(record + 1, value, length);
  return port_store_write(self, key, record, 1u + length);
}

int64_t store_get_number(struct container *self, uint32_t key) {
  uint32_t value = 0;
  int32_t length = read_value(self, key, TAG_NUMBER, &value, sizeof value);
  return length < 0 ? length : (int64_t)value;
}

int32_t store_set_number(struct container *self, uint32_t key, int32_t value) {
  return write_value(self, key, TAG_NUMBER, &value, sizeof value);
}

int32_t store_read(struct container *self, uint32_t key, uint8_t *out, uint32_t capacity) {
  return read_value(self, key, TAG_BYTES, out, capacity);
}

int32_t store_write(struct container *self, uint32_t key, const uint8_t *data, uint32_t data_length) {
  return write_value(self, key, TAG_BYTES, data, data_length);
}

void store_remove(struct container *self, uint32_t key) {
  port_store_remove(self, key);
}
