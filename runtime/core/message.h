/* Messages by topic: to and from the link, and between containers. A message finds the subscriptions there are at that
   moment; the last one that was published on a retained topic also those that are made later. */
#ifndef THIMBLE_MESSAGE_H
#define THIMBLE_MESSAGE_H

#include "event.h"

/* Queues a message for each subscription to its topic and returns how many took it. A subscriber without
   credit for one more event or message drops it and counts that.
   Preconditions: topic_length <= TOPIC_BYTES_MAX, length <= MESSAGE_BYTES_MAX. */
uint32_t message_route(const uint8_t *topic, uint32_t topic_length, const uint8_t *payload, uint32_t length);

/* The message that the event to be delivered brings, and the subscription it came by: what message.read answers until
   message_end. Returns its length. */
uint32_t message_begin(const struct need *topic, uint8_t slot);

/* The container has handled its event: a message is given back, what has been put and not sent is forgotten. */
void message_end(struct container *self);

/* Whether the last message of a topic that is published is retained. */
static inline bool is_retained(const struct need *topic) { return topic->mode != 0; }

/* What `self` has published and is retained goes to `heir` where that publishes on the topic, else is forgotten. `heir` may be
   NULL. */
void messages_hand_over(const struct container *self, struct container *heir);

/* Gives back the reference that an event of this container held to a slot. */
void message_release(struct container *self, uint8_t slot);

#endif
