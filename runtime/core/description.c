#include "description.h"

#include "config.h"
#include "contract.h"

static const uint8_t *bytes_of(const struct description *self) { return (const uint8_t *)self; }

const struct need *description_needs(const struct description *self) {
  return (const struct need *)(self + 1);
}

const struct setting *description_settings(const struct description *self) {
  return (const struct setting *)(description_needs(self) + self->need_count);
}

const struct field *description_fields(const struct description *self, const struct need *need) {
  return (const struct field *)(const void *)(bytes_of(self) + need->fields);
}

const uint8_t *description_text(const struct description *self, uint32_t offset) {
  return bytes_of(self) + offset;
}

/* Whether `length` bytes at `offset` lie inside and are printable ASCII without blank and without
   what JSON would have to escape; `refused` holds two more characters that may not occur. */
static bool is_text(const struct description *self, uint32_t offset, uint32_t length, uint32_t max,
                    const char refused[2]) {
  if (length == 0 || length > max || offset + length > self->size_bytes) return false;
  for (uint32_t i = 0; i < length; i++) {
    uint8_t byte = bytes_of(self)[offset + i];
    if (byte <= ' ' || byte > '~' || byte == (uint8_t)refused[0] || byte == (uint8_t)refused[1]) {
      return false;
    }
  }
  return true;
}

/* The fields of a publish need; also that the longest message they can make can be sent. */
static int32_t check_fields(const struct description *self, const struct need *need) {
  if (need->field_count == 0) return 0;
  if (need->field_count > FIELDS_MAX) return -ERROR_TOO_LARGE;
  if (need->fields % 4 != 0) return -ERROR_WRONG_TYPE;
  if (need->fields + need->field_count * sizeof(struct field) > self->size_bytes) {
    return -ERROR_WRONG_TYPE;
  }
  uint32_t longest = 1; /* {"name":-2147483648,…}: each field ends with a comma or the brace */
  const struct field *fields = description_fields(self, need);
  for (uint32_t i = 0; i < need->field_count; i++) {
    const struct field *field = &fields[i];
    if (field->decimals > 9) return -ERROR_WRONG_TYPE;
    if (!is_text(self, field->name, field->name_length, NAME_BYTES_MAX, "\"\\")) {
      return -ERROR_WRONG_TYPE;
    }
    longest += field->name_length + 4u + (field->decimals > 0 ? 12u : 11u);
  }
  return longest <= MESSAGE_BYTES_MAX ? 0 : -ERROR_TOO_LARGE;
}

static int32_t check_need(const struct description *self, const struct need *need) {
  switch (need->kind) {
    case NEED_GPIO_IN:
    case NEED_GPIO_OUT:
      return need->active_low <= 1 && need->pull <= PULL_DOWN ? 0 : -ERROR_WRONG_TYPE;
    case NEED_PWM:
    case NEED_ADC:
      return 0;
    case NEED_I2C:
      return need->address >= 0x08 && need->address <= 0x77 && need->hertz > 0 ? 0
                                                                                : -ERROR_WRONG_TYPE;
    case NEED_SPI:
      return need->mode <= 3 && need->hertz > 0 ? 0 : -ERROR_WRONG_TYPE;
    case NEED_UART:
      return need->hertz > 0 ? 0 : -ERROR_WRONG_TYPE;
    case NEED_PUBLISH:
    case NEED_SUBSCRIBE:
      if (!is_text(self, need->topic, need->topic_length, TOPIC_BYTES_MAX, "+#")) {
        return -ERROR_WRONG_TYPE;
      }
      return check_fields(self, need);
    default:
      return -ERROR_WRONG_TYPE;
  }
}

int32_t description_check(const uint8_t *bytes, uint32_t size) {
  const struct description *self = (const struct description *)(const void *)bytes;
  if (size > DESCRIPTION_BYTES_MAX) return -ERROR_TOO_LARGE;
  if (size < sizeof *self || self->size_bytes != size) return -ERROR_WRONG_TYPE;
  if (self->format != 1 || self->reserved != 0 || self->event_ms == 0) return -ERROR_WRONG_TYPE;
  if (self->need_count > NEEDS_MAX || self->setting_count > SETTINGS_MAX) return -ERROR_TOO_LARGE;
  if (self->event_ms > EVENT_MS_MAX) return -ERROR_TOO_LARGE;
  uint32_t tables = (uint32_t)(sizeof *self + self->need_count * sizeof(struct need) +
                               self->setting_count * sizeof(struct setting));
  if (tables > size) return -ERROR_WRONG_TYPE;
  for (uint32_t i = 0; i < self->need_count; i++) {
    int32_t error = check_need(self, &description_needs(self)[i]);
    if (error < 0) return error;
  }
  for (uint32_t i = 0; i < self->setting_count; i++) {
    const struct setting *setting = &description_settings(self)[i];
    if (setting->initial < setting->min || setting->initial > setting->max) {
      return -ERROR_WRONG_TYPE;
    }
  }
  return 0;
}
