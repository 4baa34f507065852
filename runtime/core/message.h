/* Messages by topic: to and from the link, and between containers. Nothing is retained: a message finds the
   subscriptions there are at that moment. */
#ifndef THIMBLE_MESSAGE_H
#define THIMBLE_MESSAGE_H

#include "event.h"

/* Queues a message for each subscription to its topic and returns how many took it. A subscriber without
   credit for one more event or message drops it and counts that.
   Preconditions: topic_length <= TOPIC_BYTES_MAX, length <= MESSAGE_BYTES_MAX. */
uint32_t message_route(const uint8_t *topic, uint32_t topic_length, const uint8_t *payload, uint32_t length,
                       uint64_t time_us);

/* Around the delivery of an event: what message.read answers. `slot` may be NO_MESSAGE. */
void message_begin(uint8_t slot, uint32_t need);
void message_end(void);

/* Gives back the reference an event of this container held to a slot, or NO_MESSAGE. */
void message_release(uint8_t slot, struct container *self);

/* The event has been handled: what it has put and not sent is forgotten. */
void message_forget_fields(void);

#endif
