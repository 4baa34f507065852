/* Frames of the link (SPEC section 7), encoded right where they wait: whole or not at all.

   Records lie one behind the other in a buffer: a byte for the owner, then the frame as it is sent, closed by its 0. COBS leads
   from code to code to that 0, so no record needs a length; a walk over the records tells what each owner holds, so there is no
   table beside them. Where the buffer ends before a new record would, all records move to its start. */
#include "link.h"

#include "config.h"
#include "container.h"
#include "installed.h"
#include "message.h"
#include "port.h"
#include "settings.h"
#include "swap.h"
#include "version.h"

#define BUFFER_BYTES 4096u
/* An owner is the place of a container, or this. */
#define OWNER_KERNEL 0xffu
/* While a host reads, a container gets a frame in only if so many times what it then holds is free: alone it holds at most a
   quarter of the buffer, several share, and there is always room left for the kernel. */
#define FREE_TIMES 3u

/* A record beside its texts and bytes: the owner, the array's head and kind 2, index 2, time 9, at most two heads 6 or two numbers
   and a bool 11, CRC 2, COBS 3, the closing 0. */
#define RECORD_BYTES (1u + 2u + 2u + 9u + 11u + 2u + 3u + 1u)

_Static_assert(CONTAINERS_MAX <= OWNER_KERNEL, "an owner is a byte");

enum head { UNSIGNED = 0x00, BYTES = 0x40, TEXT = 0x60, ARRAY = 0x80, FALSE = 0xf4, NOTHING = 0xf6 };
enum sent { SENT_MESSAGE, SENT_LOG, SENT_ENDED, SENT_HELLO, SENT_STARTED, SENT_SWAPPED };
enum heard { HEARD_MESSAGE, HEARD_SETTING, HEARD_WHO, HEARD_SWAP };

static const uint8_t sent_items[] = {ARRAY | 5, ARRAY | 5, ARRAY | 7, ARRAY | 8, ARRAY | 5, ARRAY | 6};

#define CRC_START 0xffff0000u

static uint8_t buffer[BUFFER_BYTES];

static struct {
  uint8_t left;        /* incoming bytes before the next COBS code */
  uint8_t is_zero_due; /* a 0 stands between the last COBS block and the next */
  uint8_t unanswered;  /* what a host that asked is still to be told: hello, then started of the last n containers */
  uint8_t *begin;      /* the first record */
  uint8_t *next;       /* what is sent next of it */
  uint8_t *end;        /* of the records */
  uint8_t *code;       /* where the next COBS code goes */
  uint32_t crc;        /* of the frame being written */
  uint32_t noted;      /* what link_hello was given */
  uint32_t wrong;      /* incoming frames that were */
  uint32_t length;     /* of the incoming frame */
  /* The incoming frame without COBS. Of a head that is cut short a little more is read than came. */
  uint8_t in[LINK_BODY_IN_MAX + 2 + 8];
} link;

/* One step of CRC-16/CCITT-FALSE, kept in the high half of a word. */
__attribute__((noinline)) static uint32_t crc_step(uint32_t crc, uint32_t byte) {
  uint32_t x = crc >> 24 ^ byte;
  x ^= x >> 4;
  return crc << 8 ^ x << 28 ^ x << 21 ^ x << 16;
}

/* --- Records --- */

static uint8_t *behind(uint8_t *record) {
  for (record++; *record != 0; record += *record);
  return record + 1;
}

static uint32_t waiting_bytes(void) { return (uint32_t)(link.end - link.begin); }

/* Makes room for a record, or tells that there is none. */
static bool reserve(uint32_t owner, uint32_t bytes) {
  uint32_t most = BUFFER_BYTES - bytes;
  if (owner != OWNER_KERNEL && chip_link_is_read()) {
    uint32_t held = bytes;
    for (uint8_t *record = link.begin; record != link.end;) {
      uint8_t *start = record;
      record = behind(start);
      if (*start == owner) held += (uint32_t)(record - start);
    }
    if (waiting_bytes() + FREE_TIMES * held > BUFFER_BYTES) return false;
  }
  while (waiting_bytes() > most) {
    link.next = link.begin = behind(link.begin);
    most = BUFFER_BYTES / 4 * 3; /* many at once, so that records move seldom */
  }
  if (link.end + bytes > buffer + BUFFER_BYTES) {
    uint8_t *to = buffer;
    uint8_t *from = link.begin;
    link.next -= from - to;
    link.begin = to;
    while (from != link.end) *to++ = *from++;
    link.end = to;
  }
  return true;
}

/* --- Encoding --- */

static void put(uint32_t byte) {
  uint8_t *end = link.end;
  byte &= 0xffu;
  link.crc = crc_step(link.crc, byte);
  if (byte != 0) *end++ = (uint8_t)byte;
  uint32_t distance = (uint32_t)(end - link.code);
  if (byte == 0 || distance == 255) {
    *link.code = (uint8_t)distance;
    link.code = end++;
  }
  link.end = end;
}

static void put_raw(const uint8_t *bytes, uint32_t length) {
  while (length-- > 0) put(*bytes++);
}

/* A head in its smallest form. */
static void put_head(uint32_t head, uint32_t low, uint32_t high) {
  uint32_t bytes = 8;
  if (high == 0) {
    bytes = low >> 16 != 0 ? 4 : low >> 8 != 0 ? 2 : 1;
    if (low < 24) bytes = 0;
  }
  put(head | (bytes == 0 ? low : 24 + (bytes >> 1) - (bytes >> 3)));
  while (bytes-- > 0) put((bytes < 4 ? low : high) >> bytes % 4 * 8);
}

static void put_number(uint32_t value) {
  if (value == LINK_NONE) {
    put(NOTHING);
  } else {
    put_head(UNSIGNED, value, 0);
  }
}

static void put_item(uint32_t head, const uint8_t *bytes, uint32_t length) {
  put_head(head, length, 0);
  put_raw(bytes, length);
}

/* Begins a frame about a container, or hello, if there is room for it with `bytes` of texts and bytes. */
static bool begin(const struct container *self, uint32_t kind, uint32_t bytes) {
  uint32_t owner = kind > SENT_LOG ? OWNER_KERNEL : self->place;
  if (!reserve(owner, RECORD_BYTES + bytes)) return false;
  *link.end++ = (uint8_t)owner;
  link.code = link.end++;
  link.crc = CRC_START;
  put(sent_items[kind]);
  put(kind);
  if (kind == SENT_HELLO) return true;
  uint64_t now_us = port_now_us();
  put_number(self->place);
  put_head(UNSIGNED, (uint32_t)now_us, (uint32_t)(now_us >> 32));
  return true;
}

static void finish(void) {
  put(link.crc >> 24);
  put(link.crc >> 24);
  *link.code = (uint8_t)(link.end - link.code);
  *link.end++ = 0;
}

bool port_message_send(const struct container *self, const uint8_t *topic, uint32_t topic_length, const uint8_t *payload,
                       uint32_t length) {
  if (!begin(self, SENT_MESSAGE, topic_length + length)) return false;
  put_item(TEXT, topic, topic_length);
  put_item(BYTES, payload, length);
  finish();
  return true;
}

bool port_log(const struct container *self, uint32_t level, const uint8_t *text, uint32_t length) {
  if (!begin(self, SENT_LOG, length)) return false;
  put_number(level);
  put_item(TEXT, text, length);
  finish();
  return true;
}

void link_ended(const struct container *self, uint32_t code_offset) {
  (void)begin(self, SENT_ENDED, 0);
  put_number(self->trap);
  put_number(code_offset);
  put_number(self->failures);
  put(FALSE | (self->state == CONTAINER_PARKED));
  finish();
}

void link_started(const struct container *self) {
  const uint8_t *name = link_name(self);
  (void)begin(self, SENT_STARTED, name[0]);
  put_item(TEXT, name + 1, name[0]);
  put_number(installed_version(self));
  finish();
}

void link_swapped(const struct container *self, uint32_t outcome, uint32_t code) {
  (void)begin(self, SENT_SWAPPED, 0);
  put_number(installed_version(self));
  put_number(outcome);
  put_number(code);
  finish();
}

/* What never changes of hello, as it is sent. */
static const struct {
  uint8_t firmware_head;
  char firmware[sizeof FIRMWARE_VERSION - 1];
  uint8_t contract_head;
  char contract[sizeof CONTRACT_VERSION - 1];
  uint8_t id_head;
} versions = {TEXT | (sizeof FIRMWARE_VERSION - 1), FIRMWARE_VERSION, TEXT | (sizeof CONTRACT_VERSION - 1), CONTRACT_VERSION,
              BYTES | 8};

/* Not what stands by: its place is another's. */
static bool is_told(const struct container *self) {
  return self->state != CONTAINER_EMPTY && !swap_stands_by(self);
}

static void put_hello(void) {
  uint8_t id[8];
  uint32_t count = 0;
  for (uint32_t i = 0; i < CONTAINERS_MAX; i++) count += is_told(&containers[i]);
  port_device_id(id);
  (void)begin(NULL, SENT_HELLO, sizeof versions + sizeof id);
  put_raw((const uint8_t *)&versions, sizeof versions);
  put_raw(id, sizeof id);
  put_number(port_reset_reason());
  put_number(link.noted);
  put_number(count);
  put_number(link.wrong);
  finish();
}

void link_hello(uint32_t noted) {
  link.begin = link.next = link.end = buffer;
  link.noted = noted;
  put_hello();
}

/* --- Sending --- */

/* Answers a host that asked, as far as there is room beside what waits: all of it need not fit. */
static void answer(void) {
  while (link.unanswered != 0 && waiting_bytes() <= BUFFER_BYTES / 4 * 3) {
    uint32_t left = link.unanswered--;
    const struct container *self = &containers[CONTAINERS_MAX - left];
    if (left > CONTAINERS_MAX) {
      put_hello();
    } else if (is_told(self)) {
      link_started(self);
    }
  }
}

uint32_t link_take(uint8_t *out, uint32_t capacity) {
  uint32_t length = 0;
  answer();
  uint8_t *next = link.next;
  const uint8_t *end = link.end;
  while (length < capacity && next != end) {
    uint32_t byte = *next;
    if (next++ == link.begin) {
      byte = 0; /* in the place of the owner: it ends what may have come before */
    } else if (byte == 0) {
      link.begin = next;
    }
    out[length++] = (uint8_t)byte;
  }
  link.next = next;
  return length;
}

/* --- Receiving --- */

/* Majors of the items behind the kind, 3 bits each, and their count below. */
#define FORM_MESSAGE (032u << 3 | 3u)
#define FORM_SETTING (0u << 3 | 4u)
#define FORM_SETTING_BELOW_0 (1u << 3 | 4u)
#define FORM_WHO (0u << 3 | 1u)
#define FORM_SWAP (0u << 3 | 3u)

struct item {
  uint32_t value;
  const uint8_t *bytes;
};

/* Does what the body says; false if it is wrong. */
static bool hear(const uint8_t *end) {
  struct item items[4];
  const uint8_t *at = link.in;
  uint32_t count = *at++ ^ ARRAY;
  uint32_t majors = 0;
  if (count - 1u >= 4) return false;
  for (struct item *item = items; item < items + count; item++) {
    uint32_t head = *at++;
    uint32_t value = head % 32;
    if (value > 26) return false;
    if (value >= 24) {
      uint32_t bytes = 1u << (value - 24);
      value = 0;
      for (uint32_t i = bytes; i > 0; i--) value = value << 8 | *at++;
      if (value < 24 || value >> bytes * 4 == 0) return false;
    }
    item->value = value;
    item->bytes = at;
    if (at > end) return false;
    if ((head & BYTES) != 0) {
      if (value > (uint32_t)(end - at)) return false;
      at += value;
    }
    majors = majors << 3 | head >> 5;
  }
  if (at != end) return false;
  uint32_t kind = items[0].value;
  uint32_t form = majors << 3 | count;
  if (kind == HEARD_MESSAGE && form == FORM_MESSAGE && items[2].value <= MESSAGE_BYTES_MAX) {
    message_route(items[1].bytes, items[1].value, items[2].bytes, items[2].value, port_now_us());
    return true;
  }
  if (kind == HEARD_SETTING && (form == FORM_SETTING || form == FORM_SETTING_BELOW_0)) {
    uint32_t value = form == FORM_SETTING ? items[3].value : ~items[3].value;
    struct container *self = swap_running(items[1].value);
    return self != NULL && (int32_t)items[3].value >= 0 && settings_change(self, items[2].value, (int32_t)value) == 0;
  }
  if (kind == HEARD_SWAP && form == FORM_SWAP) {
    struct container *self = swap_running(items[1].value);
    if (self == NULL) return false;
    int32_t error = installed_swap(self, items[2].value);
    if (error < 0) link_swapped(self, LINK_REFUSED, (uint32_t)-error);
    return true;
  }
  if (kind != HEARD_WHO || form != FORM_WHO) return false;
  link.unanswered = CONTAINERS_MAX + 1;
  return true;
}

static void end_frame(void) {
  uint32_t crc = CRC_START;
  uint32_t length = link.length;
  for (uint32_t i = 0; i < length; i++) crc = crc_step(crc, link.in[i]);
  if (length != 0 && (crc != 0 || !hear(link.in + length - 2))) link.wrong++;
  link.length = link.left = link.is_zero_due = 0;
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
      is_stored = link.is_zero_due;
      link.left = (uint8_t)byte;
      link.is_zero_due = byte != 0xffu;
      byte = 0;
    }
    link.left--;
    /* Of a frame that is too long the end is missing, so its CRC is wrong. */
    if (is_stored && link.length < LINK_BODY_IN_MAX + 2) link.in[link.length++] = (uint8_t)byte;
  }
}
