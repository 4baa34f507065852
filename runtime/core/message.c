#include "message.h"

#include "memory.h"
#include "port.h"
#include "text.h"

/* A received payload, shared by the events of all subscribers. Free when nothing refers to it. */
struct slot {
  uint8_t references;
  uint8_t length;
  uint8_t payload[MESSAGE_BYTES_MAX];
};

static struct slot slots[MESSAGES_MAX];
#define NO_SLOT 0xFFu

/* The fields of a structured message that the event being handled has set so far. */
static struct {
  const struct need *topic;
  uint32_t set; /* bit n: field n */
  int32_t values[FIELDS_MAX];
} draft;

/* The message being handled. */
static struct {
  const struct need *topic; /* the subscribing need; NULL: none is being handled */
  uint8_t slot;
} handled;

void message_publish(struct container *self, const struct need *topic, const uint8_t *payload,
                     uint32_t payload_length) {
  const uint8_t *name = description_text(self->description, topic->topic);
  if (!port_message_send(self, name, topic->topic_length, payload, payload_length)) self->dropped++;
  (void)message_route(name, topic->topic_length, payload, payload_length, port_now_us());
}

void message_publish_text(struct container *self, const struct need *topic, const uint16_t *text,
                          uint32_t text_length) {
  uint8_t payload[CONTRACT_MAX_MESSAGE_PUBLISH_TEXT_TEXT * UNIT_BYTES_MAX];
  uint32_t length = (uint32_t)(text_utf16(payload, text, text_length) - payload);
  if (length <= MESSAGE_BYTES_MAX) {
    message_publish(self, topic, payload, length);
  } else {
    self->dropped++;
  }
}

void message_publish_number(struct container *self, const struct need *topic, int32_t value, uint32_t decimals) {
  if (decimals > DECIMALS_MAX) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return;
  }
  uint8_t payload[NUMBER_BYTES_MAX];
  message_publish(self, topic, payload, (uint32_t)(text_number(payload, value, decimals) - payload));
}

void message_put_number(struct container *self, const struct need *topic, uint32_t field, int32_t value) {
  if (field >= topic->field_count) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return;
  }
  if (draft.topic != topic) draft.set = 0;
  draft.topic = topic;
  draft.set |= 1u << field;
  draft.values[field] = value;
}

void message_send(struct container *self, const struct need *topic) {
  uint8_t payload[MESSAGE_BYTES_MAX]; /* it fits: description_check has added up the longest form */
  uint8_t *end = payload;
  if (draft.topic != topic) draft.set = 0;
  const struct field *fields = description_fields(self->description, topic);
  *end++ = '{';
  for (uint32_t i = 0; i < topic->field_count; i++) {
    if ((draft.set >> i & 1u) == 0) continue;
    if (end > payload + 1) *end++ = ',';
    *end++ = '"';
    end = text_bytes(end, description_text(self->description, fields[i].name), fields[i].name_length);
    *end++ = '"';
    *end++ = ':';
    end = text_number(end, draft.values[i], fields[i].decimals);
  }
  *end++ = '}';
  draft.set = 0;
  message_publish(self, topic, payload, (uint32_t)(end - payload));
}

void message_subscribe(struct container *self, const struct need *topic, uint32_t handler) {
  (void)binding_claim(self, SOURCE_MESSAGE, (uintptr_t)topic, handler);
}

/* A free slot, filled, without references. */
static uint8_t fill_slot(const uint8_t *payload, uint32_t length) {
  uint8_t free = 0;
  while (slots[free].references > 0) free++;
  slots[free].length = (uint8_t)length;
  __builtin_memcpy(slots[free].payload, payload, length);
  return free;
}

static bool same_topic(const struct container *self, const struct need *need, const uint8_t *topic,
                       uint32_t length) {
  const uint8_t *name = description_text(self->description, need->topic);
  if (need->topic_length != length) return false;
  for (uint32_t i = 0; i < length; i++) {
    if (name[i] != topic[i]) return false;
  }
  return true;
}

uint32_t message_route(const uint8_t *topic, uint32_t topic_length, const uint8_t *payload, uint32_t length,
                       uint64_t time_us) {
  uint8_t slot = NO_SLOT;
  uint32_t taken = 0;
  for (struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->source != SOURCE_MESSAGE) continue;
    struct container *self = binding->owner;
    if (!same_topic(self, binding_need(binding), topic, topic_length)) continue;
    if (self->messages == self->credit.messages) {
      self->dropped++;
      continue;
    }
    /* One is free, since the pool holds the sum of all credits. */
    if (slot == NO_SLOT) slot = fill_slot(payload, length);
    if (!event_post(binding, slot, time_us)) continue;
    slots[slot].references++;
    self->messages++;
    taken++;
  }
  return taken;
}

void message_release(struct container *self, uint8_t slot) {
  slots[slot].references--;
  self->messages--;
}

uint32_t message_begin(const struct need *topic, uint8_t slot) {
  handled.topic = topic;
  handled.slot = slot;
  return slots[slot].length;
}

void message_end(struct container *self) {
  draft.set = 0;
  if (handled.topic == NULL) return;
  handled.topic = NULL;
  message_release(self, handled.slot);
}

int32_t message_read(struct container *self, const struct need *topic, uint8_t *out, uint32_t capacity) {
  (void)self;
  const struct slot *slot = &slots[handled.slot];
  if (handled.topic != topic) return -ERROR_NOT_FOUND;
  if (slot->length > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, slot->payload, slot->length);
  return slot->length;
}

int64_t message_read_number(struct container *self, const struct need *topic, uint32_t decimals) {
  if (decimals > DECIMALS_MAX) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return 0;
  }
  const struct slot *slot = &slots[handled.slot];
  int32_t value;
  if (handled.topic != topic) return -ERROR_NOT_FOUND;
  if (!text_parse_decimal(slot->payload, slot->length, decimals, &value)) return -ERROR_WRONG_TYPE;
  return (int64_t)(uint32_t)value;
}
