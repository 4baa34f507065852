/* The store: a sector of records, of which the last one of an owner and key counts. All work is on an image of it in RAM, of which
   the main loop programs what is new. When little room is left, what counts goes to the other sector. The first
   record of a sector is its head, which has its sequence and is programmed last: the higher one counts. So power may fail at any
   time: a record whose CRC is wrong was never written, nor was a sector without head. */
#include "values.h"

#include <stdbool.h>

#include "chip.h"
#include "container.h"
#include "crc32.h"
#include "link.h"
#include "port.h"

#define SECTORS 0x022000u
#define SECTOR_BYTES 4096u
#define PAGE_BYTES 256u

/* What the values that count may take, heads of records included; the rest is room to append. */
#define LIVE_BYTES_MAX 3072u
#define KEYS_PER_CONTAINER 64u
/* With less room than this the other sector's turn has come, and with less than half of it that does not wait: so an event finds room
   for that, whatever others did before. */
#define ROOM_BYTES 512u
/* What a container may write within 2^32 microseconds (71.6 minutes), in units of 16 bytes: a sector. A chip stands 100,000
   erasures of each: one container at this limit wears them out in 27 years, in 3 while the store is as full as it may be. */
#define ALLOWANCE 255u
#define UNIT_BYTES 16u
#define COMPACT_US 60000u

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
#define HEAD_OWNER 0x6c766874u /* "thvl" */
#define HEAD_BYTES 12u

static struct {
  uint32_t offset;          /* in flash, of the sector that counts */
  uint32_t end, programmed; /* of the records in the image, of those in flash */
  uint32_t live_bytes;      /* of the records that count */
  uint32_t keys;            /* of the owner that was looked at last */
  uint16_t sequence;
  bool is_closed;  /* nothing can be appended in flash */
  uint8_t put_off; /* how often the turn of the other sector was */
  uint32_t window;
  uint8_t written[CONTAINERS_MAX]; /* in this window, in units */
} store;

static _Alignas(4) uint8_t image[SECTOR_BYTES]; /* FF from `end` on, where it can be appended to */

static struct record *record_at(uint32_t at) { return (void *)(image + at); }

static uint32_t value_bytes(const struct record *record) { return record->length % REMOVED; }

__attribute__((noinline)) static uint32_t record_bytes(const struct record *record) { return (RECORD_BYTES + value_bytes(record) + 3) & ~3u; }

static uint32_t record_crc(const struct record *record) {
  return crc32(0, (const uint8_t *)&record->owner, RECORD_BYTES - sizeof record->crc + value_bytes(record));
}

/* The bytes of a record that counts, if something is stored there. */
static uint32_t live_bytes(const struct record *record) {
  return record == NULL || record->length == REMOVED ? 0 : record_bytes(record);
}

/* The last record of the owner and key from `at` on, or NULL. */
static struct record *find(uint32_t at, uint32_t owner, uint32_t key) {
  struct record *found = NULL;
  uint32_t seen[8] = {0};
  store.keys = 0;
  while (at < store.end) {
    struct record *record = record_at(at);
    at += record_bytes(record);
    if (record->owner != owner) continue;
    uint32_t *word = &seen[record->key / 32], bit = 1u << record->key % 32, is_live = record->length != REMOVED ? bit : 0;
    if ((*word & bit) != is_live) {
      *word ^= bit;
      store.keys += is_live ? 1u : -1u;
    }
    if (record->key == key) found = record;
  }
  return found;
}

static void put(uint32_t at, uint32_t owner, uint32_t key, const void *data, uint32_t length) {
  struct record *record = record_at(at);
  record->owner = owner;
  record->key = (uint8_t)key;
  record->length = (uint8_t)length;
  __builtin_memset(record->value, 0, record_bytes(record) - RECORD_BYTES);
  __builtin_memcpy(record->value, data, value_bytes(record));
  record->crc = record_crc(record);
}

static void append(uint32_t owner, uint32_t key, const uint8_t *data, uint32_t length) {
  put(store.end, owner, key, data, length);
  store.end += record_bytes(record_at(store.end));
}

/* --- Programming --- */

static bool program(uint32_t sector, uint32_t from, uint32_t end) {
  for (uint32_t at = from & ~(PAGE_BYTES - 1); at < end; at += PAGE_BYTES) {
    if (!chip_flash_program(sector + at, image + at)) return false;
  }
  return true;
}

/* Keeps what counts, in the other sector. */
static void compact(void) {
  uint32_t to = HEAD_BYTES, bytes, other = store.offset ^ SECTOR_BYTES;
  for (uint32_t at = HEAD_BYTES; at < store.end; at += bytes) {
    struct record *record = record_at(at);
    bytes = record_bytes(record);
    if (record->length == REMOVED || find(at + bytes, record->owner, record->key) != NULL) continue;
    /* Forwards: it moves down, and not onto itself. */
    for (uint32_t i = 0; i < bytes; i++) image[to++] = image[at + i];
  }
  store.end = to;
  __builtin_memset(image + to, 0xff, SECTOR_BYTES - to);
  __builtin_memset(image, 0xff, HEAD_BYTES);
  store.is_closed = true; /* unless all of this succeeds */
  store.programmed = 0;
  if (!chip_flash_erase(other) || !program(other, 0, to)) return;
  uint16_t sequence = (uint16_t)(store.sequence + 1);
  put(0, HEAD_OWNER, 0, &sequence, sizeof sequence);
  if (!program(other, 0, HEAD_BYTES)) return;
  store.offset = other;
  store.sequence = sequence;
  store.programmed = to;
  store.is_closed = false;
}

void values_flush(uint32_t idle_us) {
  if (store.programmed != store.end && !store.is_closed) {
    store.is_closed = !program(store.offset, store.programmed, store.end);
    if (!store.is_closed) store.programmed = store.end;
  }
  uint32_t room = SECTOR_BYTES - store.end;
  if (store.programmed == store.end && room >= ROOM_BYTES) return;
  if (idle_us >= COMPACT_US || room < ROOM_BYTES / 2 || ++store.put_off == 0) compact();
}

void values_init(void) {
  store.offset = SECTORS + SECTOR_BYTES; /* where there is none: the first is made in the other */
  store.is_closed = true;
  for (uint32_t offset = SECTORS; offset <= SECTORS + SECTOR_BYTES; offset += SECTOR_BYTES) {
    const struct record *head = (const void *)chip_flash_at(offset);
    if (head->owner != HEAD_OWNER || head->crc != record_crc(head)) continue;
    uint16_t sequence = *(const uint16_t *)(const void *)head->value;
    if (!store.is_closed && (int16_t)(sequence - store.sequence) < 0) continue;
    store.offset = offset;
    store.sequence = sequence;
    store.is_closed = false;
  }
  store.end = HEAD_BYTES;
  if (!store.is_closed) {
    __builtin_memcpy(image, chip_flash_at(store.offset), SECTOR_BYTES);
    while (store.end <= SECTOR_BYTES - sizeof(struct record)) {
      struct record *record = record_at(store.end);
      uint32_t bytes = record_bytes(record);
      if (store.end + bytes > SECTOR_BYTES || record->crc != record_crc(record)) break;
      store.live_bytes += live_bytes(record) - live_bytes(find(HEAD_BYTES, record->owner, record->key));
      store.end += bytes;
    }
    /* Something was being programmed when power failed: the cells may hold anything. */
    for (uint32_t i = store.end; i < SECTOR_BYTES; i++) store.is_closed |= image[i] != 0xff;
  }
  store.programmed = store.end;
}

/* --- What containers call --- */

static uint32_t owner_of(const struct container *self) {
  const uint8_t *name = link_name(self);
  return crc32(0, name + 1, name[0]);
}

/* Whether the container's allowance covers so much, which is then charged. */
static bool is_allowed(uint32_t index, uint32_t bytes) {
  uint32_t window = (uint32_t)(port_now_us() >> 32);
  if (window != store.window) __builtin_memset(store.written, 0, sizeof store.written);
  store.window = window;
  uint32_t units = store.written[index] + (bytes + UNIT_BYTES - 1) / UNIT_BYTES;
  if (units > ALLOWANCE) return false;
  store.written[index] = (uint8_t)units;
  return true;
}

int32_t port_store_read(const struct container *self, uint32_t key, uint8_t *out, uint32_t capacity) {
  const struct record *record = find(HEAD_BYTES, owner_of(self), key);
  if (live_bytes(record) == 0) return -ERROR_NOT_FOUND;
  if (record->length > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, record->value, record->length);
  return record->length;
}

int32_t port_store_write(const struct container *self, uint32_t key, const uint8_t *data, uint32_t length) {
  uint32_t owner = owner_of(self), bytes = (RECORD_BYTES + length + 3) & ~3u, same = 0;
  const struct record *old = find(HEAD_BYTES, owner, key);
  uint32_t old_bytes = live_bytes(old), live = store.live_bytes - old_bytes + bytes;
  if (old_bytes != 0 && old->length == length) {
    while (same < length && old->value[same] == data[same]) same++;
    if (same == length) return 0;
  }
  if (live > LIVE_BYTES_MAX || store.end + bytes > SECTOR_BYTES) return -ERROR_FULL;
  if ((old_bytes == 0 && store.keys >= KEYS_PER_CONTAINER) || !is_allowed(self->index, bytes)) return -ERROR_QUOTA;
  store.live_bytes = live;
  append(owner, key, data, length);
  return 0;
}

void port_store_remove(const struct container *self, uint32_t key) {
  uint32_t owner = owner_of(self);
  uint32_t bytes = live_bytes(find(HEAD_BYTES, owner, key));
  if (bytes == 0) return;
  store.live_bytes -= bytes;
  /* It cannot fail, and is not charged: for once the flash is programmed within a host call. */
  if (store.end + sizeof(struct record) > SECTOR_BYTES) values_flush(UINT32_MAX);
  append(owner, key, image, REMOVED); /* no bytes of it */
}
