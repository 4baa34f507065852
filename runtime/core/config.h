/* Every limit of the core, in one place. */
#ifndef THIMBLE_CONFIG_H
#define THIMBLE_CONFIG_H

/* Containers that can be loaded at once. */
#define CONTAINERS_MAX 128u

/* Timers, watches and subscriptions of one container: as many as it can have needs. */
#define BINDINGS_PER_CONTAINER 32u

/* Events of one container that can wait, timers apart (those wait in their binding): a bouncing
   switch without debounce makes about ten edges in a millisecond. */
#define EVENTS_PER_CONTAINER 16u

/* Received messages of one container that can wait: each holds a payload, so fewer than events. */
#define MESSAGES_PER_CONTAINER 4u

/* The pools. A container is loaded only if what it may ever use at once can be set aside for it (credit.h), so
   that no container can use up another's share. Most have few needs: an average is enough. */
#define BINDINGS_MAX 512u
#define EVENTS_MAX 256u
#define MESSAGES_MAX 48u

/* Last messages of retained topics, over all containers. */
#define RETAINED_MAX 16u

/* Swaps whose trial is not over. */
#define TRIALS_MAX 4u

/* A container that has run for so long has got over its earlier failures. */
#define HEALTHY_S 600u

/* Settings the owner has changed, over all containers: the others cost no memory. */
#define OVERRIDES_MAX 64u

/* Longest payload: fits a frame of the link (256 bytes) with its topic number and checksum. */
#define MESSAGE_BYTES_MAX 240u

/* The longest text of a log call, 120 UTF-16 units, as UTF-8. */
#define LOG_BYTES_MAX 360u

/* Longest value of the store. */
#define STORE_BYTES_MAX 64u

/* Longest list that crosses the contract in one call: one 256-byte bus transfer. */
#define LIST_BYTES_MAX 256u

/* Bounds of a description; the first five are those of thimble.json. */
#define NEEDS_MAX 32u
#define SETTINGS_MAX 32u
#define FIELDS_MAX 8u
#define TOPIC_BYTES_MAX 64u
#define NAME_BYTES_MAX 32u
#define DESCRIPTION_BYTES_MAX 16384u

/* Of the object that moves into the next version, and its fields and their older names together. */
#define STATE_BYTES_MAX 1024u
#define STATE_RECORDS_MAX 96u

/* What a description may ask for: the first delay before a restart, doubled that many times. */
#define RESTART_MS_MIN 10u
#define RESTART_MS_MAX 60000u
#define RESTARTS_MAX 15u

/* Highest event budget, one minute: keeps its product with 1000 inside 32 bits. */
#define EVENT_MS_MAX 60000u

#endif
