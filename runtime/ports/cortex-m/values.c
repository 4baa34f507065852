/* The store: a sector of records, of which the last one of an owner and key counts. Host calls work on a list of those in RAM, of which
   the main loop appends what is new to the sector. When little room is left there, the list goes to the other sector. The first
   record of a sector is its head, which has its sequence and is programmed last: the higher one counts. So power may fail at any
   time: a record whose CRC is wrong was never written, nor was a sector without head. */
#include "values.h"

#include <stdbool.h>

#include "chip.h"
#include "container.h"
#include "crc32.h"
#include "link.h"
#include "port.h"
#include "sector.h"

#define SECTORS 0x022000u

/* What the values may take, heads of records included; the rest is room to append. */
#define LIVE_BYTES_MAX 3072u
#define KEYS_PER_CONTAINER 64u
/* With less room than this the other sector's turn has come. */
#define ROOM_BYTES 512u
/* What a container may write within 2^32 microseconds (71.6 minutes), in units of 16 bytes: a sector. A chip stands 100,000
   erasures of each: one container at this limit wears them out in 27 years, in 3 while the store is as full as it may be. */
#define ALLOWANCE 255u
#define UNIT_BYTES 16u

/* Followed by zeros up to a multiple of 4. */
struct record {
  uint32_t crc; /* of the rest and the value */
  uint32_t owner; /* CRC of the app's name */
  uint8_t key;
  uint8_t length; /* or REMOVED: nothing is stored under the key */
  uint8_t value[];
};

#define REMOVED 0x80u
#define RECORD_BYTES __builtin_offsetof(struct record, value)

/* The first record of a sector. */
struct head {
  uint32_t crc;
  uint32_t owner; /* HEAD_OWNER */
  uint8_t key, length;
  uint16_t sequence;
};

#define HEAD_OWNER 0x6c766874u /* "thvl" */
#define HEAD_BYTES sizeof(struct head)

/* What a sector holds when it has just been written: the head, then each value once in the order of their writes. A removed one stays
   until flash has that. */
static _Alignas(4) uint8_t image[SECTOR_BYTES];

static struct {
  uint8_t *end, *programmed; /* of the records in the image, of those in flash */
  uint32_t sector;           /* offset in flash of the one that counts */
  uint32_t position;         /* where it goes on; 0: nothing can be appended */
  uint32_t other_keys;       /* of the owner that was looked at last, beside the key */
  uint32_t window;
  uint8_t put_off;                 /* how often the turn of the other sector was */
  uint8_t written[CONTAINERS_MAX]; /* in this window, in units */
} store;

static uint32_t value_bytes(const struct record *record) { return record->length % REMOVED; }

__attribute__((noinline)) static uint32_t record_bytes(const struct record *record) { return (RECORD_BYTES + value_bytes(record) + 3) & ~3u; }

__attribute__((noinline)) static uint32_t record_crc(const void *at) {
  const struct record *record = at;
  return crc32(0, (const uint8_t *)&record->owner, RECORD_BYTES - sizeof record->crc + value_bytes(record));
}

/* What is known of the owner and key, or NULL. */
static struct record *find(uint32_t owner, uint32_t key) {
  struct record *record, *found = NULL;
  store.other_keys = 0;
  for (uint8_t *at = image + HEAD_BYTES; at < store.end; at += record_bytes(record)) {
    record = (void *)at;
    if (record->owner != owner) continue;
    if (record->key == key) {
      found = record;
    } else if (record->length != REMOVED) {
      store.other_keys++;
    }
  }
  return found;
}

static void cut(struct record *record) {
  uint32_t bytes = record_bytes(record);
  uint32_t *to = (void *)record;
  if ((uint8_t *)to < store.programmed) store.programmed -= bytes;
  uint8_t *end = store.end -= bytes;
  for (; (uint8_t *)to < end; to++) *to = to[bytes / sizeof *to];
}

/* Puts a record in the place of what find() has found. */
static void put(struct record *old, uint32_t owner, uint32_t key, const void *data, uint32_t length) {
  if (old != NULL) cut(old);
  struct record *record = (void *)store.end;
  record->owner = owner;
  record->key = (uint8_t)key;
  record->length = (uint8_t)length;
  store.end += record_bytes(record);
  __builtin_memset(record->value, 0, (uint32_t)(store.end - record->value));
  __builtin_memcpy(record->value, data, value_bytes(record));
  record->crc = record_crc(record);
}

static void forget_removed(void) {
  for (uint8_t *at = image + HEAD_BYTES; at < store.end;) {
    struct record *record = (void *)at;
    if (record->length == REMOVED) {
      cut(record);
    } else {
      at += record_bytes(record);
    }
  }
}

/* --- Programming --- */

/* Moves to the other sector. */
static void turn(void) {
  struct head *head = (void *)image;
  uint32_t other = store.sector ^ SECTOR_BYTES;
  forget_removed();
  store.position = 0; /* unless all of this succeeds */
  store.programmed = image;
  head->owner = HEAD_OWNER;
  head->length = sizeof head->sequence;
  head->sequence++;
  head->crc = record_crc(head);
  const uint8_t *begin = image + HEAD_BYTES;
  if (!chip_flash_erase(other) || !sector_program(other + HEAD_BYTES, begin, store.end) || !sector_program(other, image, begin)) return;
  store.sector = other;
  store.programmed = store.end;
  store.position = (uint32_t)(store.end - image);
}

void values_flush(uint32_t idle_us) {
  uint32_t position = store.position;
  uint32_t end = position + (uint32_t)(store.end - store.programmed);
  if (end > SECTOR_BYTES) {
    idle_us = COMPACT_US; /* what has no room does not wait */
  } else if (position != 0 && end != position) {
    store.position = 0; /* unless this succeeds */
    if (sector_program(store.sector + position, store.programmed, store.end)) {
      store.position = end;
      store.programmed = store.end;
      forget_removed();
    }
  }
  if (store.programmed == store.end && store.position <= SECTOR_BYTES - ROOM_BYTES) return;
  if (idle_us >= COMPACT_US || ++store.put_off == 0) turn();
}

/* What the sector that counts holds. */
static void load(void) {
  const uint8_t *sector = chip_flash_at(store.sector);
  uint32_t at = HEAD_BYTES;
  for (uint32_t bytes;; at += bytes) {
    const struct record *record = (const void *)(sector + at);
    bytes = record_bytes(record);
    if (at + bytes > SECTOR_BYTES || record->crc != record_crc(record)) break;
    put(find(record->owner, record->key), record->owner, record->key, record->value, record->length);
  }
  forget_removed();
  store.position = at;
  /* Something was being programmed when power failed: the cells may hold anything. */
  for (; at < SECTOR_BYTES; at++) {
    if (sector[at] != 0xff) store.position = 0;
  }
}

/* Not within kernel_main, which has no registers left for it. */
__attribute__((noinline)) void values_init(void) {
  struct head *newest = (void *)image;
  store.sector = SECTORS + SECTOR_BYTES; /* where there is none: the first is made in the other */
  for (uint32_t offset = SECTORS; offset <= SECTORS + SECTOR_BYTES; offset += SECTOR_BYTES) {
    const struct head *head = (const void *)chip_flash_at(offset);
    if (head->owner != HEAD_OWNER || head->crc != record_crc(head)) continue;
    if (store.position != 0 && (int16_t)(head->sequence - newest->sequence) < 0) continue;
    *newest = *head;
    store.sector = offset;
    store.position = HEAD_BYTES;
  }
  store.end = image + HEAD_BYTES;
  if (store.position != 0) load();
  store.programmed = store.end;
}

/* --- What containers call --- */

static uint32_t owner_of(const struct container *self) {
  const uint8_t *name = link_name(self);
  return crc32(0, name + 1, name[0]);
}

/* Whether the container's allowance covers so much, which is then charged. */
static bool is_allowed(uint32_t place, uint32_t bytes) {
  uint32_t window = (uint32_t)(port_now_us() >> 32);
  if (window != store.window) __builtin_memset(store.written, 0, sizeof store.written);
  store.window = window;
  uint32_t units = store.written[place] + (bytes + UNIT_BYTES - 1) / UNIT_BYTES;
  if (units > ALLOWANCE) return false;
  store.written[place] = (uint8_t)units;
  return true;
}

int32_t port_store_read(const struct container *self, uint32_t key, uint8_t *out, uint32_t capacity) {
  const struct record *record = find(owner_of(self), key);
  if (record == NULL || record->length == REMOVED) return -ERROR_NOT_FOUND;
  if (record->length > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, record->value, record->length);
  return record->length;
}

int32_t port_store_write(const struct container *self, uint32_t key, const uint8_t *data, uint32_t length) {
  uint32_t owner = owner_of(self), bytes = (RECORD_BYTES + length + 3) & ~3u, same = 0;
  struct record *old = find(owner, key);
  const uint8_t *end = store.end + bytes;
  if (old != NULL) {
    end -= record_bytes(old);
    if (old->length == length) {
      while (same < length && old->value[same] == data[same]) same++;
      if (same == length) return 0;
    }
  }
  if (end > image + HEAD_BYTES + LIVE_BYTES_MAX) return -ERROR_FULL;
  if (store.other_keys >= KEYS_PER_CONTAINER || !is_allowed(self->place, bytes)) return -ERROR_QUOTA;
  put(old, owner, key, data, length);
  return 0;
}

void port_store_remove(const struct container *self, uint32_t key) {
  uint32_t owner = owner_of(self);
  struct record *old = find(owner, key);
  if (old != NULL) put(old, owner, key, image, REMOVED); /* no bytes of it; takes no more room than before */
}
