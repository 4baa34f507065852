#include "description.h"

#include <stddef.h>

#include "config.h"
#include "contract.h"

static const uint8_t *bytes_of(const struct description *self) { return (const uint8_t *)self; }

const struct need *description_needs(const struct description *self) {
  return (const struct need *)(self + 1);
}

const struct setting *description_settings(const struct description *self) {
  return (const struct setting *)(description_needs(self) + self->need_count);
}

static const struct policy *policy_at(const struct description *self) {
  return (const struct policy *)(const void *)(description_settings(self) + self->setting_count);
}

const struct policy *description_policy(const struct description *self) {
  static const struct policy initial = {.restart_ms = 1000, .restarts = 5, .trial_s = 10};
  return self->has_policy ? policy_at(self) : &initial;
}

const uint32_t *description_setting_hashes(const struct description *self) {
  return self->has_policy ? (const uint32_t *)(const void *)(policy_at(self) + 1) : NULL;
}

const struct state_record *description_state(const struct description *self) {
  const uint32_t *hashes = (const uint32_t *)(const void *)(policy_at(self) + 1);
  return (const struct state_record *)(const void *)(hashes + self->setting_count);
}

const struct field *description_fields(const struct description *self, const struct need *need) {
  return (const struct field *)(const void *)(bytes_of(self) + need->fields);
}

const uint8_t *description_text(const struct description *self, uint32_t offset) {
  return bytes_of(self) + offset;
}

bool is_equal(const void *a, const void *b, uint32_t bytes) {
  const uint8_t *at = a, *other = b;
  while (bytes > 0 && *at == *other) at++, other++, bytes--;
  return bytes == 0;
}

bool description_same_need(const struct description *self, const struct need *need, const struct description *other,
                           const struct need *other_need) {
  if (need->kind != other_need->kind) return false;
  if (need->kind < NEED_PUBLISH) return is_equal(need, other_need, offsetof(struct need, topic));
  return need->topic_length == other_need->topic_length &&
         is_equal(description_text(self, need->topic), description_text(other, other_need->topic), need->topic_length);
}

const struct need *description_find_need(const struct description *self, const struct description *other,
                                         const struct need *other_need) {
  const struct need *need = description_needs(self);
  for (const struct need *end = need + self->need_count; need < end; need++) {
    if (description_same_need(self, need, other, other_need)) return need;
  }
  return NULL;
}

/* Whether `length` bytes at `offset` lie inside and are printable ASCII without blank and without two
   more characters. */
#define REFUSED(a, b) ((uint32_t)(a) << 8 | (b))
static bool is_text(const struct description *self, uint32_t offset, uint32_t length, uint32_t refused) {
  if (length == 0 || offset + length > self->size_bytes) return false;
  const uint8_t *text = description_text(self, offset);
  for (const uint8_t *end = text + length; text < end; text++) {
    if (*text <= ' ' || *text > '~' || *text == refused >> 8 || *text == refused % 256u) return false;
  }
  return true;
}

/* The fields of a topic; also that the longest message they can make can be sent. */
static int32_t check_fields(const struct description *self, const struct need *need) {
  if (need->field_count > FIELDS_MAX) return -ERROR_TOO_LARGE;
  uint32_t longest = 1; /* {"name":-2147483648,…}: each field ends with a comma or the brace */
  const struct field *field = description_fields(self, need);
  const struct field *end = field + need->field_count;
  if (need->fields % 4 != 0 || (const uint8_t *)end > bytes_of(self) + self->size_bytes) return -ERROR_WRONG_TYPE;
  for (; field < end; field++) {
    if (field->decimals > 9 || field->name_length > NAME_BYTES_MAX ||
        !is_text(self, field->name, field->name_length, REFUSED('"', '\\'))) { /* JSON would have to escape them */
      return -ERROR_WRONG_TYPE;
    }
    longest += field->name_length + 15u + (field->decimals > 0);
  }
  return longest <= MESSAGE_BYTES_MAX ? 0 : -ERROR_TOO_LARGE;
}

/* Bytes that a kind does not use are 0: within the bounds of the kinds that use them. */
/* Apart: its many ways out are short branches only while it is not a part of what calls it. */
static __attribute__((noinline)) int32_t check_need(const struct description *self, const struct need *need) {
  const uint32_t kind = need->kind;
  const bool has_hertz = kind >= NEED_I2C && kind <= NEED_UART;
  if (kind > NEED_SUBSCRIBE || need->mode > 3 || need->active_low > 1 || need->pull > PULL_DOWN ||
      (has_hertz && need->hertz == 0) || (kind == NEED_I2C && (need->address < 0x08 || need->address > 0x77))) {
    return -ERROR_WRONG_TYPE;
  }
  if (kind < NEED_PUBLISH) return 0;
  if (need->topic_length > TOPIC_BYTES_MAX ||
      !is_text(self, need->topic, need->topic_length, REFUSED('+', '#'))) {
    return -ERROR_WRONG_TYPE;
  }
  return check_fields(self, need);
}

/* What a description of contract 0.9 says besides; its records lie inside. */
static bool check_policy(const struct description *self) {
  const struct policy *policy = policy_at(self);
  if (policy->restart_ms < RESTART_MS_MIN || policy->restart_ms > RESTART_MS_MAX || policy->restarts > RESTARTS_MAX ||
      policy->confirm > 1 || policy->trial_s == 0) {
    return false;
  }
  const struct state_record *record = description_state(self);
  for (uint32_t i = 0; i < self->state_count; i++, record++) {
    if (i > 0 && record->hash <= record[-1].hash) return false;
    /* 1, 2, 4 or 8 bytes */
    if (record->bytes > 8 || (0x116u >> record->bytes & 1u) == 0 || record->is_older_name > 1) return false;
    if (record->offset > STATE_BYTES_MAX - record->bytes) return false;
  }
  return true;
}

/* Apart for the same reason. */
__attribute__((noinline)) int32_t description_check(const uint8_t *bytes, uint32_t size) {
  const struct description *self = (const struct description *)(const void *)bytes;
  if (size > DESCRIPTION_BYTES_MAX) return -ERROR_TOO_LARGE;
  if (size < sizeof *self || self->size_bytes != size || self->format != 1 || self->has_policy > 1 ||
      (self->state_count != 0 && !self->has_policy) || self->event_ms == 0) {
    return -ERROR_WRONG_TYPE;
  }
  if (self->need_count > NEEDS_MAX || self->setting_count > SETTINGS_MAX || self->state_count > STATE_RECORDS_MAX ||
      self->event_ms > EVENT_MS_MAX) {
    return -ERROR_TOO_LARGE;
  }
  const struct need *need = description_needs(self);
  const struct setting *setting = description_settings(self);
  const struct need *needs_end = need + self->need_count;
  const struct setting *settings_end = setting + self->setting_count;
  const void *tables_end =
      self->has_policy ? (const void *)(description_state(self) + self->state_count) : (const void *)settings_end;
  if ((const uint8_t *)tables_end > bytes + size) return -ERROR_WRONG_TYPE;
  if (self->has_policy && !check_policy(self)) return -ERROR_WRONG_TYPE;
  for (; need < needs_end; need++) {
    int32_t error = check_need(self, need);
    if (error < 0) return error;
  }
  for (; setting < settings_end; setting++) {
    if (setting->initial < setting->min || setting->initial > setting->max) return -ERROR_WRONG_TYPE;
  }
  return 0;
}
