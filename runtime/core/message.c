#include "message.h"

#include "memory.h"
#include "port.h"
#include "text.h"

/* A payload, shared by the events of all subscribers and its retained topic. Free when nothing refers to it. */
struct slot {
  uint8_t references;
  uint8_t length;
  uint8_t payload[254]; /* of a length that makes the slot's a power of two; a 0 follows what is in it */
};

_Static_assert(MESSAGE_BYTES_MAX < sizeof((struct slot *)0)->payload, "a 0 follows");

/* As many as all credits, and the one that is being routed. */
static struct slot slots[MESSAGES_MAX + 1];

/* The last message of a retained topic. */
struct retained {
  const struct container *publisher; /* NULL: the place is free */
  const struct need *topic;
  uint8_t slot;
};

static struct retained retained[RETAINED_MAX];

/* What the event being handled is about, and does. */
static struct {
  const struct need *subscription; /* by which its message came; NULL: it is none */
  struct slot *slot;
  /* The fields of a structured message that have been set so far. */
  const struct need *topic;
  uint32_t set; /* bit n: field n */
  int32_t values[FIELDS_MAX];
} handled;

/* A free slot, filled, which the caller refers to. There is one, since the pool holds the sum of all credits and one more. */
static uint32_t fill_slot(const uint8_t *payload, uint32_t length) {
  struct slot *slot = slots;
  while (slot->references > 0) slot++;
  slot->references = 1;
  slot->length = (uint8_t)length;
  __builtin_memcpy(slot->payload, payload, length);
  slot->payload[length] = 0;
  return (uint32_t)(slot - slots);
}

static bool same_topic(const struct container *self, const struct need *need, const uint8_t *topic,
                       uint32_t length) {
  return need->topic_length == length && is_equal(description_text(self->description, need->topic), topic, length);
}

static struct retained *find_retained(const uint8_t *topic, uint32_t length) {
  for (struct retained *last = retained; last < retained + RETAINED_MAX; last++) {
    if (last->publisher != NULL && same_topic(last->publisher, last->topic, topic, length)) return last;
  }
  return NULL;
}

/* Puts a message in the place of the last one on its topic. */
static void retain(const struct container *self, const struct need *topic, uint32_t slot) {
  struct retained *last = find_retained(description_text(self->description, topic->topic), topic->topic_length);
  if (last != NULL) {
    slots[last->slot].references--;
  } else {
    for (last = retained; last->publisher != NULL;) last++;
  }
  *last = (struct retained){self, topic, (uint8_t)slot};
  slots[slot].references++;
}

/* Queues a message for a subscription. False, and it is counted, if its container has no credit for one more message or event. */
static bool offer(struct binding *binding, uint32_t slot) {
  struct container *self = binding->owner;
  if (self->messages == self->credit.messages) {
    self->dropped++;
    return false;
  }
  if (!event_post(binding, (uint8_t)slot, port_now_us())) return false;
  slots[slot].references++;
  self->messages++;
  return true;
}

/* Offers a message that has been filled in to all, and gives it back. */
static uint32_t route(uint32_t slot, const uint8_t *topic, uint32_t topic_length) {
  uint32_t taken = 0;
  for (struct binding *binding = bindings; binding->owner != NULL; binding++) {
    if (binding->source != SOURCE_MESSAGE) continue;
    if (same_topic(binding->owner, binding_need(binding), topic, topic_length)) taken += offer(binding, slot);
  }
  slots[slot].references--;
  return taken;
}

uint32_t message_route(const uint8_t *topic, uint32_t topic_length, const uint8_t *payload, uint32_t length) {
  return route(fill_slot(payload, length), topic, topic_length);
}

void message_publish(struct container *self, const struct need *topic, const uint8_t *payload,
                     uint32_t payload_length) {
  const uint8_t *name = description_text(self->description, topic->topic);
  if (!port_message_send(self, name, topic->topic_length, payload, payload_length)) self->dropped++;
  uint32_t slot = fill_slot(payload, payload_length);
  if (is_retained(topic)) retain(self, topic, slot);
  (void)route(slot, name, topic->topic_length);
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
  _Static_assert(CONTRACT_LAST_MESSAGE_PUBLISH_NUMBER_DECIMALS <= DECIMALS_MAX, "text_number writes it");
  uint8_t payload[NUMBER_BYTES_MAX];
  message_publish(self, topic, payload, (uint32_t)(text_number(payload, value, decimals) - payload));
}

void message_put_number(struct container *self, const struct need *topic, uint32_t field, int32_t value) {
  if (field >= topic->field_count) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return;
  }
  if (handled.topic != topic) handled.set = 0;
  handled.topic = topic;
  handled.set |= 1u << field;
  handled.values[field] = value;
}

void message_send(struct container *self, const struct need *topic) {
  uint8_t payload[MESSAGE_BYTES_MAX]; /* it fits: description_check has added up the longest form */
  uint8_t *end = payload;
  if (handled.topic != topic) handled.set = 0;
  const struct field *fields = description_fields(self->description, topic);
  uint8_t before = '{';
  for (uint32_t i = 0, set = handled.set; set != 0; i++, set >>= 1) {
    if ((set & 1u) == 0) continue;
    *end++ = before;
    before = ',';
    *end++ = '"';
    end = text_bytes(end, description_text(self->description, fields[i].name), fields[i].name_length);
    *end++ = '"';
    *end++ = ':';
    end = text_number(end, handled.values[i], fields[i].decimals);
  }
  if (before == '{') *end++ = before;
  *end++ = '}';
  handled.set = 0;
  message_publish(self, topic, payload, (uint32_t)(end - payload));
}

void message_subscribe(struct container *self, const struct need *topic, uint32_t handler) {
  struct binding *binding = binding_claim(self, SOURCE_MESSAGE, (uintptr_t)topic, handler);
  if (binding == NULL) return;
  const uint8_t *name = description_text(self->description, topic->topic);
  const struct retained *last = find_retained(name, topic->topic_length);
  if (last != NULL) (void)offer(binding, last->slot);
}

void messages_hand_over(const struct container *self, struct container *heir) {
  for (struct retained *last = retained; last < retained + RETAINED_MAX; last++) {
    if (last->publisher != self) continue;
    const struct need *topic = NULL;
    if (heir != NULL) topic = description_find_need(heir->description, self->description, last->topic);
    last->publisher = topic != NULL && is_retained(topic) ? heir : NULL;
    last->topic = topic;
    if (last->publisher == NULL) slots[last->slot].references--;
  }
}

void message_release(struct container *self, uint8_t slot) {
  slots[slot].references--;
  self->messages--;
}

uint32_t message_begin(const struct need *topic, uint8_t slot) {
  handled.subscription = topic;
  handled.slot = &slots[slot];
  return handled.slot->length;
}

void message_end(struct container *self) {
  handled.set = 0;
  if (handled.subscription == NULL) return;
  handled.subscription = NULL;
  handled.slot->references--;
  self->messages--;
}

int32_t message_read(struct container *self, const struct need *topic, uint8_t *out, uint32_t capacity) {
  (void)self;
  const struct slot *slot = handled.slot;
  if (handled.subscription != topic) return -ERROR_NOT_FOUND;
  if (slot->length > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, slot->payload, slot->length);
  return slot->length;
}

int64_t message_read_number(struct container *self, const struct need *topic, uint32_t decimals) {
  (void)self;
  const struct slot *slot = handled.slot;
  int32_t value;
  if (handled.subscription != topic) return -ERROR_NOT_FOUND;
  if (!text_parse_decimal(slot->payload, slot->length, decimals, &value)) return -ERROR_WRONG_TYPE;
  return (int64_t)(uint32_t)value;
}
