/* The store: a sector of records, of which the last one of an owner and key counts. Host calls work on an image of it in RAM, with a list of those that
   count; the main loop programs what is new in the image. When little room is left there, those that count go to the other sector, whose head
   is programmed last. So power may fail at any time: a record whose CRC is wrong was never written, nor was a sector whose head is wrong. */
#include "values.h"

#include <stdbool.h>

#include "chip.h"
#include "container.h"
#include "crc32.h"
#include "link.h"
#include "port.h"

#define SECTORS 0x022000u

/* What the values may take, with all of their records. */
#define LIVE_BYTES_MAX 3072u
#define KEYS_PER_CONTAINER 64u
/* With less room than this the other sector's turn has come. Between that and the values there is room to append, or for 43 versions that were
   kept. */
#define ROOM_BYTES 320u
/* With a pause of this length before it, the other sector's turn does not wait. */
#define TURN_US 65536u
/* What a container may write within 2^32 microseconds (71.6 minutes), in units of 16 bytes: a sector. A chip stands 100,000
   erasures of each: one container at this limit wears them out in 27 years, in 3 while the store is as full as it may be. */
#define ALLOWANCE 255u
#define UNIT_BYTES 16u

/* Before the records. No half of an erasure or of a program makes of it another one that is right. */
struct head {
  uint32_t sequence; /* from 1 on: the higher one counts */
  uint32_t inverse;  /* all of its bits turned; programmed last */
};

/* Filled up with FF to a multiple of 4, behind which there is the CRC of all that. */
struct record {
  uint32_t owner; /* CRC of the app's name, or KEPT_OWNER */
  uint8_t key;
  uint8_t length; /* 0: nothing is stored under the key any more */
  uint8_t value[];
};

#define RECORD_BYTES(length) (((length) + 13u) & ~3u)
#define RECORDS_MAX (SECTOR_BYTES / RECORD_BYTES(1))

/* Its keys are places. */
#define KEPT_OWNER 0x706b6874u /* "thkp" */

static struct {
  uint8_t *end;              /* of the records in the image */
  const uint8_t *programmed; /* of those in flash; NULL: the other sector's turn has come */
  struct record **live_end;
  uint32_t sector;     /* offset in flash of the one that counts */
  uint32_t live_bytes; /* of all records that count, but for the one that was looked for last */
  uint32_t other_keys; /* of its owner */
  uint32_t window;
  uint32_t put_off; /* how often the turn of the other sector was */
  /* What the sector that counts holds, or, until that is programmed, what the other one is to hold. */
  union {
    struct head head;
    uint8_t bytes[SECTOR_BYTES];
  } image;
  struct record *live[RECORDS_MAX]; /* those that count, in the order of their writes */
  uint8_t written[CONTAINERS_MAX]; /* in this window, in units */
} store;

#define IMAGE_END (store.image.bytes + SECTOR_BYTES)

static __attribute__((noinline)) uint32_t record_bytes(const struct record *record) { return RECORD_BYTES(record->length); }

/* Where the list has the record of the owner and key, or NULL. */
static struct record **find(uint32_t owner, uint32_t key) {
  struct record **found = NULL;
  store.live_bytes = 0;
  store.other_keys = 0;
  for (struct record **entry = store.live; entry < store.live_end; entry++) {
    const struct record *record = *entry;
    if (record->owner == owner) {
      if (record->key == key) {
        found = entry;
        continue;
      }
      store.other_keys++;
    }
    store.live_bytes += record_bytes(record);
  }
  return found;
}

/* Takes in the record at the end of the image: it counts from now on. */
static void take(void) {
  struct record *record = (void *)store.end;
  struct record **entry = find(record->owner, record->key);
  if (entry != NULL) {
    for (store.live_end--; entry < store.live_end; entry++) entry[0] = entry[1];
  }
  store.end += record_bytes(record);
  if (record->length != 0) *store.live_end++ = record;
}

/* Leaves in the image only what counts, for the other sector. */
static void compact(void) {
  uint8_t *end = store.image.bytes + sizeof(struct head);
  for (struct record **entry = store.live; entry < store.live_end; entry++) {
    const struct record *record = *entry;
    uint32_t bytes = record_bytes(record);
    *entry = __builtin_memmove(end, record, bytes);
    end += bytes;
  }
  store.end = end;
  store.programmed = NULL;
  __builtin_memset(end, 0xff, (uint32_t)(IMAGE_END - end));
}

/* Puts a record in the place of what find() finds. */
static void put(uint32_t owner, uint32_t key, const void *data, uint32_t length) {
  uint32_t bytes = RECORD_BYTES(length);
  if (store.end + bytes > IMAGE_END) {
    compact();
    store.put_off = 255; /* what has no room does not wait */
  }
  struct record *record = (void *)store.end;
  record->owner = owner;
  record->key = (uint8_t)key;
  record->length = (uint8_t)length;
  __builtin_memcpy(record->value, data, length);
  seal(record, bytes);
  take();
}

/* --- Programming --- */

/* Programs these bytes of the image, and what else their pages hold once more. */
static bool program(uint32_t sector, const uint8_t *from, const uint8_t *end) {
  for (uint32_t at = (uint32_t)(from - store.image.bytes) & ~(PAGE_BYTES - 1); store.image.bytes + at < end; at += PAGE_BYTES) {
    if (!chip_flash_program(sector + at, store.image.bytes + at)) return false;
  }
  return true;
}

/* Moves to the other sector. */
static void turn(void) {
  uint32_t other = store.sector ^ SECTOR_BYTES;
  struct head *head = &store.image.head;
  compact();
  head->sequence++;
  head->inverse = ~0u;
  if (!chip_flash_erase(other) || !program(other, store.image.bytes, store.end)) return;
  head->inverse = ~head->sequence;
  if (!program(other, store.image.bytes, store.image.bytes + sizeof *head)) return;
  store.sector = other;
  store.programmed = store.end;
}

void values_flush(uint32_t idle_us) {
  const uint8_t *from = store.programmed;
  if (from != NULL && from != store.end) {
    store.programmed = NULL; /* unless this succeeds */
    if (program(store.sector, from, store.end)) store.programmed = store.end;
  }
  if (store.programmed != NULL && store.end <= IMAGE_END - ROOM_BYTES) return;
  if (idle_us >= TURN_US || ++store.put_off % 256 == 0) turn();
}

/* 0 if the sector has no head. */
static __attribute__((noinline)) uint32_t sequence_at(uint32_t sector) {
  const struct head *head = (const void *)chip_flash_at(sector);
  return head->inverse == ~head->sequence ? head->sequence : 0;
}

/* Not within kernel_main, which has no registers left for it. */
__attribute__((noinline)) void values_init(void) {
  uint32_t sequence = sequence_at(SECTORS), other = sequence_at(SECTORS + SECTOR_BYTES);
  store.sector = SECTORS;
  if (other > sequence) {
    sequence = other;
    store.sector = SECTORS + SECTOR_BYTES;
  }
  __builtin_memcpy(&store.image, chip_flash_at(store.sector), SECTOR_BYTES);
  store.live_end = store.live;
  store.end = (uint8_t *)(&store.image.head + 1);
  for (;;) {
    uint32_t bytes = record_bytes((void *)store.end); /* behind a full image lies the list */
    if (store.end + bytes > IMAGE_END || !is_sealed(store.end, bytes)) break;
    take();
  }
  store.programmed = store.end;
  /* Where something was being programmed when power failed, the cells may hold anything. */
  uint32_t torn = 0;
  for (const uint8_t *byte = sequence == 0 ? store.image.bytes : store.end; byte < IMAGE_END; byte++) torn |= *byte ^ 0xffu;
  if (torn != 0) compact();
  if (sequence == 0) sequence = 1; /* a blank sector's head comes with its first record */
  store.image.head = (struct head){sequence, ~sequence};
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
  struct record **entry = find(owner_of(self), key);
  if (entry == NULL) return -ERROR_NOT_FOUND;
  const struct record *record = *entry;
  if (record->length > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, record->value, record->length);
  return record->length;
}

int32_t port_store_write(const struct container *self, uint32_t key, const uint8_t *data, uint32_t length) {
  uint32_t owner = owner_of(self), bytes = RECORD_BYTES(length), same = 0;
  struct record **entry = find(owner, key);
  if (entry != NULL && (*entry)->length == length) {
    while (same < length && (*entry)->value[same] == data[same]) same++;
    if (same == length) return 0;
  }
  if (store.live_bytes + bytes > LIVE_BYTES_MAX) return -ERROR_FULL;
  if (store.other_keys >= KEYS_PER_CONTAINER || !is_allowed(self->place, bytes)) return -ERROR_QUOTA;
  put(owner, key, data, length);
  return 0;
}

static void remove_value(uint32_t owner, uint32_t key) {
  if (find(owner, key) != NULL) put(owner, key, NULL, 0);
}

void port_store_remove(const struct container *self, uint32_t key) { remove_value(owner_of(self), key); }

/* --- Which version was kept --- */

uint32_t values_kept(uint32_t place) {
  struct record **entry = find(KEPT_OWNER, place);
  uint32_t word = 0;
  if (entry != NULL) __builtin_memcpy(&word, (*entry)->value, sizeof word);
  return word;
}

void values_keep(uint32_t place, uint32_t word) {
  (void)find(KEPT_OWNER, place);
  if (store.live_bytes <= SECTOR_BYTES - ROOM_BYTES - sizeof(struct head) - RECORD_BYTES(sizeof word)) put(KEPT_OWNER, place, &word, sizeof word);
}

void values_forget(uint32_t place) { remove_value(KEPT_OWNER, place); }
