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

/* The fields of a structured message that the event being handled has set so far. */
static struct {
  const struct need *topic; /* NULL: none yet */
  uint32_t set;             /* bit n: field n */
  int32_t values[FIELDS_MAX];
} draft;

/* The message being handled: its slot, or NO_MESSAGE, and the subscribing need. */
static uint8_t current_slot = NO_MESSAGE;
static uint32_t current_need;

static void publish(struct container *self, const struct need *topic, const uint8_t *payload, uint32_t length) {
  const uint8_t *name = description_text(self->description, topic->topic);
  if (!port_message_send(self, name, topic->topic_length, payload, length)) self->dropped++;
  (void)message_route(name, topic->topic_length, payload, length, port_now_us());
}

void message_publish(struct container *self, const struct need *topic, const uint8_t *payload,
                     uint32_t payload_length) {
  publish(self, topic, payload, payload_length);
}

void message_publish_text(struct container *self, const struct need *topic, const uint16_t *text,
                          uint32_t text_length) {
  uint8_t payload[MESSAGE_BYTES_MAX];
  struct text out = {payload, sizeof payload, 0};
  if (text_utf16(&out, text, text_length)) {
    publish(self, topic, payload, out.length);
  } else {
    self->dropped++; /* longer than a message can be */
  }
}

void message_publish_number(struct container *self, const struct need *topic, int32_t value, uint32_t decimals) {
  if (decimals > DECIMALS_MAX) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return;
  }
  uint8_t payload[NUMBER_BYTES_MAX];
  struct text out = {payload, sizeof payload, 0};
  text_number(&out, value, decimals);
  publish(self, topic, payload, out.length);
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

void message_forget_fields(void) { draft.topic = NULL; }

void message_send(struct container *self, const struct need *topic) {
  uint8_t payload[MESSAGE_BYTES_MAX];
  struct text out = {payload, sizeof payload, 0};
  uint32_t set = draft.topic == topic ? draft.set : 0;
  const struct field *fields = description_fields(self->description, topic);
  text_byte(&out, '{');
  for (uint32_t i = 0; i < topic->field_count; i++) {
    if ((set >> i & 1u) == 0) continue;
    if (out.length > 1) text_byte(&out, ',');
    text_byte(&out, '"');
    text_bytes(&out, description_text(self->description, fields[i].name), fields[i].name_length);
    text_byte(&out, '"');
    text_byte(&out, ':');
    text_number(&out, draft.values[i], fields[i].decimals);
  }
  text_byte(&out, '}'); /* it fits: description_check has added up the longest form */
  message_forget_fields();
  publish(self, topic, payload, out.length);
}

void message_subscribe(struct container *self, const struct need *topic, uint32_t handler) {
  struct binding *binding = binding_claim(self, SOURCE_MESSAGE, need_index(self, topic));
  if (binding != NULL) binding->handler = handler;
}

/* A free slot, filled, without references. There is one, since the pool holds the sum of all credits. */
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
  uint8_t slot = NO_MESSAGE;
  uint32_t taken = 0;
  for (const struct binding *binding = bindings; binding < bindings_end; binding++) {
    if (binding->source != SOURCE_MESSAGE) continue;
    struct container *self = &containers[binding->owner];
    const struct need *need = &description_needs(self->description)[binding->subject];
    if (!same_topic(self, need, topic, topic_length)) continue;
    if (!event_has_room(self)) continue;
    if (self->messages == self->credit.messages) {
      self->dropped++;
      continue;
    }
    if (slot == NO_MESSAGE) slot = fill_slot(payload, length);
    slots[slot].references++;
    self->messages++;
    taken++;
    event_post(binding, (int32_t)length, time_us, slot);
  }
  return taken;
}

void message_release(uint8_t slot, struct container *self) {
  if (slot == NO_MESSAGE) return;
  slots[slot].references--;
  self->messages--;
}

void message_begin(uint8_t slot, uint32_t need) {
  current_slot = slot;
  current_need = need;
}

void message_end(void) { current_slot = NO_MESSAGE; }

/* The message being handled if it came by this need, else NULL. */
static const struct slot *current(const struct container *self, const struct need *topic) {
  if (current_slot == NO_MESSAGE || current_need != need_index(self, topic)) return NULL;
  return &slots[current_slot];
}

int32_t message_read(struct container *self, const struct need *topic, uint8_t *out, uint32_t capacity) {
  const struct slot *slot = current(self, topic);
  if (slot == NULL) return -ERROR_NOT_FOUND;
  if (slot->length > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, slot->payload, slot->length);
  return slot->length;
}

int64_t message_read_number(struct container *self, const struct need *topic, uint32_t decimals) {
  if (decimals > DECIMALS_MAX) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return 0;
  }
  const struct slot *slot = current(self, topic);
  if (slot == NULL) return -ERROR_NOT_FOUND;
  int32_t value;
  if (!text_parse_decimal(slot->payload, slot->length, decimals, &value)) return -ERROR_WRONG_TYPE;
  return (int64_t)(uint32_t)value;
}
