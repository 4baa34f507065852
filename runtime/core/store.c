/* Small values by key. What the port keeps is a tag and the value, so that a number is not taken for bytes. */
#include "container.h"
#include "port.h"

enum tag { TAG_NUMBER = 1, TAG_BYTES = 2 };

#define KEY_MAX 255u
#define RECORD_BYTES_MAX (1u + STORE_BYTES_MAX)

static bool is_key(struct container *self, uint32_t key) {
  if (key <= KEY_MAX) return true;
  container_trap(self, TRAP_BAD_ARGUMENT);
  return false;
}

/* Reads a record and checks its tag: its length, tag included, or a negated error. */
static int32_t read_record(const struct container *self, uint32_t key, enum tag tag, uint8_t record[RECORD_BYTES_MAX]) {
  int32_t length = port_store_read(self, key, record, RECORD_BYTES_MAX);
  if (length < 0) return length;
  return length > 0 && record[0] == tag ? length : -ERROR_WRONG_TYPE;
}

int64_t store_get_number(struct container *self, uint32_t key) {
  uint8_t record[RECORD_BYTES_MAX];
  uint32_t value;
  if (!is_key(self, key)) return 0;
  int32_t length = read_record(self, key, TAG_NUMBER, record);
  if (length < 0) return length;
  if (length != 1 + sizeof value) return -ERROR_WRONG_TYPE;
  __builtin_memcpy(&value, record + 1, sizeof value);
  return (int64_t)value;
}

int32_t store_set_number(struct container *self, uint32_t key, int32_t value) {
  uint8_t record[1 + sizeof value] = {TAG_NUMBER};
  if (!is_key(self, key)) return 0;
  __builtin_memcpy(record + 1, &value, sizeof value);
  return port_store_write(self, key, record, sizeof record);
}

int32_t store_read(struct container *self, uint32_t key, uint8_t *out, uint32_t capacity) {
  uint8_t record[RECORD_BYTES_MAX];
  if (!is_key(self, key)) return 0;
  int32_t length = read_record(self, key, TAG_BYTES, record);
  if (length < 0) return length;
  uint32_t bytes = (uint32_t)length - 1u;
  if (bytes > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, record + 1, bytes);
  return (int32_t)bytes;
}

int32_t store_write(struct container *self, uint32_t key, const uint8_t *data, uint32_t data_length) {
  uint8_t record[RECORD_BYTES_MAX] = {TAG_BYTES};
  if (!is_key(self, key)) return 0;
  __builtin_memcpy(record + 1, data, data_length);
  return port_store_write(self, key, record, 1u + data_length);
}

void store_remove(struct container *self, uint32_t key) {
  if (is_key(self, key)) port_store_remove(self, key);
}
