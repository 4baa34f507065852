/* Frames of the link (SPEC section 7): CBOR with heads of stated widths, so that a frame is written field by field and one that came
   is looked at where its fields are.

   A frame is written plain and then packed to where it waits: whole or not at all. Records lie one behind the other in a buffer: a
   byte for the container, then the frame as it is sent, closed by its 0. COBS leads from code to code to that 0, so no record needs a
   length; a walk over the records tells what each container holds, so there is no table beside them. Where the records end behind
   the buffer, where there is room for one more, all of them move to its start. */
#include "link.h"

#include "config.h"
#include "container.h"
#include "crc32.h"
#include "installed.h"
#include "message.h"
#include "port.h"
#include "settings.h"
#include "swap.h"
#include "text.h"
#include "version.h"

#define BUFFER_BYTES 4096u
/* While a host reads, a container gets a frame in only if so many times what it then holds is free: alone it holds at most a
   quarter of the buffer, several share, and there is always room left for the kernel. */
#define FREE_TIMES 3u

#define CRC_BYTES 4u
/* The CRC of anything and its CRC. */
#define CRC_OF_SEALED 0x2144df1cu
#define COBS_FULL 255u

/* The container, COBS, the closing 0. */
#define RECORD_BYTES_MAX (1u + LINK_BODY_OUT_MAX + CRC_BYTES + 3u + 1u)

_Static_assert(CONTAINERS_MAX <= LINK_NOBODY, "a place is a byte, and so is nobody");
_Static_assert(LINK_BODY_OUT_MAX == 13 + 2 + 3 + LOG_BYTES_MAX + 1, "a line: what all frames begin with, the level, the text, the break");
_Static_assert(LINK_BODY_IN_MAX == 11 + 2 + TOPIC_BYTES_MAX + 2 + MESSAGE_BYTES_MAX, "a message: the fields, the topic, the payload");

/* Heads: numbers of 8, 32 and 64 bits, bytes and texts of up to 65,535, an array that ends with BREAK; texts and bytes of up to 23 add
   their length to theirs, one of up to 255 follows as a byte where they add 24. */
enum head {
  NUMBER_8 = 0x18,
  NUMBER_32 = 0x1a,
  NUMBER_64 = 0x1b,
  SHORT_BYTES = 0x40,
  BYTES = 0x59,
  SHORT_TEXT = 0x60,
  TEXT = 0x79,
  ARRAY = 0x80,
  ARRAY_TO_BREAK = 0x9f,
  FALSE = 0xf4,
  BREAK = 0xff,
};
enum sent { SENT_MESSAGE, SENT_LOG, SENT_ENDED, SENT_HELLO, SENT_STARTED, SENT_SWAPPED };
enum heard { HEARD_MESSAGE, HEARD_SETTING, HEARD_WHO, HEARD_SWAP };

/* The frame that is being written. */
static struct {
  uint8_t unused[3], array, kind, place_head, place, time_head;
  uint32_t time_us[2];                       /* the high word first, each with its high byte first */
  uint8_t items[LINK_BODY_OUT_MAX + CRC_BYTES]; /* and where it ends a 0 */
} out;

/* The frame that comes, with a 0 in place of each COBS code. */
#define FIELDS_HEADS ((ARRAY + 4u) << 8 | (SHORT_BYTES + 8u) << 24)
struct in {
  uint32_t heads; /* the 0 of the first code, FIELDS_HEADS, and between them the kind */
  uint16_t place, number;
  int32_t value;
  uint8_t items[LINK_BODY_IN_MAX - 11 + CRC_BYTES]; /* the topic, the payload */
};
_Static_assert(sizeof((struct in *)0)->items >= 2 + 255 + 2, "the longest text, and another head");

static struct {
  uint8_t unanswered; /* what a host that asked is still to be told: hello, then started of the last n places */
  uint8_t noted;      /* what link_hello was given */
  uint8_t places;     /* and that */
  uint8_t code;       /* the last COBS code that came */
  uint8_t left;       /* bytes before the next one */
  uint16_t taken;     /* bytes of the first record that have been */
  uint32_t length;    /* of `in` */
  uint8_t *begin;     /* the first record */
  uint8_t *end;       /* of the records */
  uint32_t wrong;     /* incoming frames that were */
  struct in in;
  uint8_t buffer[BUFFER_BYTES + RECORD_BYTES_MAX];
} link;

/* --- Records --- */

static uint8_t *behind(uint8_t *record) {
  for (record++; *record != 0; record += *record);
  return record + 1;
}

static uint32_t waiting_bytes(void) { return (uint32_t)(link.end - link.begin); }

/* --- Writing --- */

static uint8_t *put_8(uint8_t *to, uint32_t value) {
  to[0] = NUMBER_8;
  to[1] = (uint8_t)value;
  return to + 2;
}

__attribute__((noinline)) static uint8_t *put_32(uint8_t *to, uint32_t value) {
  value = __builtin_bswap32(value);
  *to++ = NUMBER_32;
  for (uint32_t i = 0; i < 4; i++, value >>= 8) *to++ = (uint8_t)value;
  return to;
}

/* BYTES or TEXT. */
__attribute__((noinline)) static uint8_t *put_bytes(uint8_t *to, uint32_t head, const uint8_t *bytes, uint32_t length) {
  to[0] = (uint8_t)head;
  to[1] = (uint8_t)(length >> 8);
  to[2] = (uint8_t)length;
  return text_bytes(to + 3, bytes, length);
}

/* Begins a frame; returns where its further items go. */
static uint8_t *begin(enum sent kind, uint32_t place) {
  uint64_t now_us = port_now_us();
  out.array = ARRAY_TO_BREAK;
  out.kind = (uint8_t)kind;
  out.place_head = NUMBER_8;
  out.place = (uint8_t)place;
  out.time_head = NUMBER_64;
  out.time_us[0] = __builtin_bswap32((uint32_t)(now_us >> 32));
  out.time_us[1] = __builtin_bswap32((uint32_t)now_us);
  return out.items;
}

/* Packs [from, last) with COBS and closes it by a 0. `last` becomes a 0: a block ends at each, or when it is full. */
static uint8_t *pack(uint8_t *to, const uint8_t *from, uint8_t *last) {
  *last = 0;
  while (from <= last) {
    uint8_t *code = to++;
    uint32_t distance = 1;
    for (; *from != 0 && distance < COBS_FULL; distance++) *to++ = *from++;
    *code = (uint8_t)distance;
    if (distance < COBS_FULL) from++;
  }
  *to++ = 0;
  return to;
}

/* Ends a frame. False if there is no room for it: it is forgotten. */
static bool finish(uint8_t *to) {
  *to++ = BREAK;
  const uint8_t *body = &out.array;
  uint32_t crc = crc32(0, body, (uint32_t)(to - body));
  for (uint32_t i = 0; i < CRC_BYTES; i++, crc >>= 8) *to++ = (uint8_t)crc;
  uint8_t *record = link.end;
  if (record > link.buffer + BUFFER_BYTES) {
    record = link.buffer;
    const uint8_t *from = link.begin;
    link.begin = record;
    while (from != link.end) *record++ = *from++;
  }
  *record = out.place;
  uint8_t *end = pack(record + 1, body, to);
  if (out.kind <= SENT_LOG && chip_link_is_read()) {
    uint32_t bytes = (uint32_t)(record - link.begin);
    for (uint8_t *other = link.begin; other != end;) {
      uint8_t *first = other;
      other = behind(first);
      if (*first == *record) bytes += FREE_TIMES * (uint32_t)(other - first);
    }
    if (bytes > BUFFER_BYTES) end = record;
  }
  link.end = end;
  if (waiting_bytes() > BUFFER_BYTES) {
    do {
      link.begin = behind(link.begin);
    } while (waiting_bytes() > BUFFER_BYTES / 4 * 3); /* many at once, so that records move seldom */
    link.taken = 0;
  }
  return end != record;
}

bool port_message_send(const struct container *self, const uint8_t *topic, uint32_t topic_length, const uint8_t *payload,
                       uint32_t length) {
  return finish(put_bytes(put_bytes(begin(SENT_MESSAGE, self->place), TEXT, topic, topic_length), BYTES, payload, length));
}

bool port_log(const struct container *self, uint32_t level, const uint8_t *text, uint32_t length) {
  return finish(put_bytes(put_8(begin(SENT_LOG, self->place), level), TEXT, text, length));
}

void link_ended(const struct container *self, uint32_t code_offset) {
  uint8_t *to = put_8(begin(SENT_ENDED, self->place), self->trap);
  to = put_8(put_32(to, code_offset), self->failures);
  *to++ = (uint8_t)(FALSE | (self->state == CONTAINER_PARKED));
  (void)finish(to);
}

void link_started(const struct container *self) {
  const uint8_t *name = link_name(self);
  uint8_t *to = put_bytes(begin(SENT_STARTED, self->place), TEXT, name + 1, name[0]);
  (void)finish(put_8(to, self->version));
}

void link_swapped(const struct container *self, uint32_t outcome, uint32_t code) {
  uint8_t *to = put_8(begin(SENT_SWAPPED, self->place), self->version);
  (void)finish(put_8(put_8(to, outcome), code));
}

/* What never changes of hello, as it is sent. */
static const struct {
  uint8_t firmware_head;
  char firmware[sizeof FIRMWARE_VERSION - 1];
  uint8_t contract_head;
  char contract[sizeof CONTRACT_VERSION - 1];
  uint8_t id_head;
} versions = {SHORT_TEXT + (sizeof FIRMWARE_VERSION - 1), FIRMWARE_VERSION, SHORT_TEXT + (sizeof CONTRACT_VERSION - 1),
              CONTRACT_VERSION, SHORT_BYTES + 8};

static void put_hello(void) {
  uint8_t *id = text_bytes(begin(SENT_HELLO, link.noted), (const uint8_t *)&versions, sizeof versions);
  port_device_id(id);
  (void)finish(put_32(put_8(put_8(id + 8, port_reset_reason()), link.places), link.wrong));
}

void link_hello(uint32_t places, uint32_t noted) {
  link.begin = link.end = link.buffer;
  link.places = (uint8_t)places;
  link.noted = (uint8_t)noted;
  put_hello();
}

/* --- Sending --- */

/* Answers a host that asked, as far as there is room beside what waits: all of it need not fit. */
static void answer(void) {
  while (link.unanswered != 0 && waiting_bytes() <= BUFFER_BYTES / 4 * 3) {
    uint32_t left = link.unanswered--;
    if (left > CONTAINERS_MAX) {
      put_hello();
    } else {
      const struct container *self = swap_running(CONTAINERS_MAX - left);
      if (self != NULL) link_started(self);
    }
  }
}

uint32_t link_take(uint8_t *to, uint32_t capacity) {
  uint32_t length = 0;
  answer();
  uint8_t *begin = link.begin;
  uint32_t taken = link.taken;
  while (length < capacity && begin != link.end) {
    uint32_t byte = begin[taken];
    if (taken++ == 0) {
      byte = 0; /* in the place of the container: it ends what may have come before */
    } else if (byte == 0) {
      begin += taken;
      taken = 0;
    }
    to[length++] = (uint8_t)byte;
  }
  link.begin = begin;
  link.taken = (uint16_t)taken;
  return length;
}

/* --- Receiving --- */

/* Does what the body before `end` says; false if it is wrong. */
static bool hear(const uint8_t *end) {
  struct text {
    uint32_t length;
    const uint8_t *bytes;
  } texts[2];
  const uint8_t *at = link.in.items;
  uint32_t head = SHORT_TEXT;
  for (struct text *text = texts; text < texts + 2; text++) {
    uint32_t length = *at++ - head;
    if (length > 24) return false;
    if (length == 24) length = *at++;
    text->length = length;
    text->bytes = at;
    at += length; /* the second head lies within `in`, whatever came */
    head = SHORT_BYTES;
  }
  if (at != end) return false;
  uint32_t heads = link.in.heads ^ FIELDS_HEADS;
  uint32_t kind = heads >> 16 | heads << 16; /* nothing that there is where a head is another */
  if (kind == HEARD_MESSAGE) {
    if (texts[1].length > MESSAGE_BYTES_MAX) return false;
    message_route(texts[0].bytes, texts[0].length, texts[1].bytes, texts[1].length);
    return true;
  }
  if (kind == HEARD_WHO) {
    link.unanswered = CONTAINERS_MAX + 1;
    return true;
  }
  struct container *self = swap_running(link.in.place);
  if (self == NULL) return false;
  if (kind == HEARD_SETTING) return settings_change(self, link.in.number, link.in.value) == 0;
  if (kind != HEARD_SWAP) return false;
  int32_t error = installed_swap(self, link.in.number);
  if (error < 0) link_swapped(self, LINK_REFUSED, (uint32_t)-error);
  return true;
}

static void end_frame(void) {
  const uint8_t *body = (const uint8_t *)&link.in + 1; /* behind the 0 of the first code */
  uint32_t length = link.length;
  if (length != 0 && (crc32(0, body, length - 1) != CRC_OF_SEALED || !hear(body + length - 1 - CRC_BYTES))) link.wrong++;
  link.length = link.left = link.code = 0;
}

/* Not within the main loop: there it would take more registers than there are. */
__attribute__((noinline)) void link_receive(const uint8_t *bytes, uint32_t length) {
  for (const uint8_t *end = bytes + length; bytes < end;) {
    uint32_t byte = *bytes++;
    bool is_stored = true;
    if (byte == 0) {
      end_frame();
      continue;
    }
    if (link.left == 0) {
      is_stored = link.code != COBS_FULL;
      link.code = link.left = (uint8_t)byte;
      byte = 0;
    }
    link.left--;
    /* Of a frame that is too long the end is missing, so its CRC is wrong. */
    if (is_stored && link.length < sizeof link.in) ((uint8_t *)&link.in)[link.length++] = (uint8_t)byte;
  }
}
