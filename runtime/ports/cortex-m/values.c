/* The store: a sector of records, of which the last one of an owner and key counts. Host calls work on an image of it in RAM, with a list of those that
   count; the main loop programs what is new in the image. When little room is left there, those that count go to the other sector, whose head
   is programmed last. So power may fail at any time: a record whose CRC is wrong was never written, nor was a sector whose head is wrong. */
#include "values.h"

#include <stdbool.h>

#include "chip.h"
#include "container.h"
#include "crc32.h"
#include "installed.h"
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
/* What a container may write within 2^32 microseconds (71.6 minutes): a sector. A chip stands 100,000
   erasures of each: one container at this limit wears them out in 25 years, in 4 while values fill the store. */
#define ALLOWANCE_BYTES 4080u

/* Before the records. No half of an erasure or of a program makes of it another one that is right. */
struct head {
  uint32_t turns;   /* counted up from 1: the higher one counts */
  uint32_t inverse; /* all of its bits turned; programmed last */
};

/* Filled up with FF to a multiple of 4, behind which there is the CRC of all that. */
struct record {
  uint32_t owner; /* CRC of the app's name, or KEPT_OWNER */
  uint8_t key;
  uint8_t length;
  uint8_t what; /* enum stored, or 0: nothing is stored under the key any more */
  uint8_t value[];
};

#define RECORD_BYTES(length) (((length) + 14u) & ~3u)
#define RECORDS_MAX (SECTOR_BYTES / RECORD_BYTES(0))

/* Its keys are places. */
#define KEPT_OWNER 0x706b6874u /* "thkp" */

static struct {
  uint8_t *end;              /* of the records in the image */
  const uint8_t *programmed; /* of those in flash; NULL: the other sector's turn has come */
  struct record **live_end;
  uint32_t sector;           /* offset in flash of the one that counts */
  uint32_t live_bytes;       /* of all records that count, but for the one that was looked for last */
  uint32_t other_keys;       /* of its owner */
  uint32_t put_off;          /* how often the turn of the other sector was */
  /* What the sector that counts holds, or, until that is programmed, what the other one is to hold. */
  union {
    struct head head;
    uint8_t bytes[SECTOR_BYTES];
  } image;
  struct record *live[RECORDS_MAX]; /* those that count, in the order of their writes */
} store;

/* By place: the time of the last write in windows of 2^32 microseconds, << 12, and how many bytes were written in that. */
static uint32_t written[CONTAINERS_MAX];

/* Of the records: behind it a removal has room, however full a sector came. */
#define IMAGE_END (store.image.bytes + SECTOR_BYTES - RECORD_BYTES(0))

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
  if (record->what != 0) *store.live_end++ = record;
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
static void put(uint32_t owner, uint32_t key, uint32_t what, const void *data, uint32_t length) {
  uint32_t bytes = RECORD_BYTES(length);
  if (store.end + bytes > IMAGE_END) {
    compact();
    store.put_off = 255; /* what has no room does not wait */
  }
  struct record *record = (void *)store.end;
  record->owner = owner;
  record->key = (uint8_t)key;
  record->length = (uint8_t)length;
  record->what = (uint8_t)what;
  __builtin_memcpy(record->value, data, length);
  seal(record, bytes);
  take();
}

/* --- Programming --- */

/* As that of the first sector if the head is blank or wrong. */
static __attribute__((noinline)) uint32_t turns_at(uint32_t sector) {
  const struct head *head = (const void *)chip_flash_at(sector);
  return head->inverse == ~head->turns ? head->turns : 1;
}

/* Makes a sector hold what the image does: the end of that, or NULL where it should have been blank and was not, or the flash has failed. */
static uint8_t *program(uint32_t sector) {
  const uint32_t *word = (const void *)&store.image;
  for (uint32_t end = sector + SECTOR_BYTES; sector < end; sector += sizeof *word, word++) {
    const uint32_t *cell = (const void *)chip_flash_at(sector);
    if (*cell == *word) continue;
    if (*cell != UINT32_MAX) return NULL;
    uint32_t in_page = sector % PAGE_BYTES;
    chip_flash_program(sector - in_page, (const uint8_t *)word - in_page);
    if (*cell != *word) return NULL;
  }
  return store.end;
}

/* Moves to the other sector. */
static void turn(void) {
  uint32_t other = store.sector ^ SECTOR_BYTES;
  struct head *head = &store.image.head;
  compact();
  head->turns++;
  head->inverse = UINT32_MAX;
  chip_flash_erase(other);
  if (program(other) == NULL) return;
  head->inverse = ~head->turns;
  store.programmed = program(other);
  if (store.programmed != NULL) store.sector = other;
}

void values_flush(uint64_t due_us) {
  if (store.programmed != NULL && store.programmed != store.end) store.programmed = program(store.sector);
  if (store.programmed != NULL && store.end <= IMAGE_END - ROOM_BYTES) return;
  if (port_now_us() + TURN_US < due_us || ++store.put_off % 256 == 0) turn();
}

/* Not within kernel_main, which has no registers left for it. */
__attribute__((noinline)) void values_init(void) {
  uint32_t turns = turns_at(SECTORS), other = turns_at(SECTORS + SECTOR_BYTES);
  store.sector = SECTORS;
  if (other > turns) {
    turns = other;
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
  __builtin_memset(store.end, 0xff, (uint32_t)(IMAGE_END - store.end));
  store.programmed = program(store.sector); /* NULL where something was being programmed when power failed: the cells may hold anything */
  store.image.head = (struct head){turns, ~turns}; /* a blank sector gets it with its first record */
}

/* --- What containers call --- */

static __attribute__((noinline)) uint32_t owner_of(const struct container *self) { return installed_name_hash(self->place); }

/* Whether the container's allowance covers so much, which is then charged. */
static bool is_allowed(uint32_t place, uint32_t bytes) {
  uint32_t window = (uint32_t)(port_now_us() >> 32) << 12;
  if (written[place] < window) written[place] = window;
  bytes += written[place];
  if (bytes - window > ALLOWANCE_BYTES) return false;
  written[place] = bytes;
  return true;
}

static int32_t read_value(uint32_t owner, uint32_t key, uint32_t what, void *out, uint32_t capacity) {
  struct record **entry = find(owner, key);
  if (entry == NULL) return -ERROR_NOT_FOUND;
  const struct record *record = *entry;
  if (record->what != what) return -ERROR_WRONG_TYPE;
  if (record->length > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, record->value, record->length);
  return record->length;
}

int32_t port_store_read(const struct container *self, uint32_t key, enum stored what, void *out, uint32_t capacity) {
  return read_value(owner_of(self), key, what, out, capacity);
}

int32_t port_store_write(const struct container *self, uint32_t key, enum stored what, const void *data, uint32_t length) {
  uint32_t owner = owner_of(self), bytes = RECORD_BYTES(length);
  struct record **entry = find(owner, key);
  const struct record *old = entry != NULL ? *entry : NULL;
  if (old != NULL && old->length == length && old->what == what && is_equal(old->value, data, length)) return 0;
  if (store.live_bytes + bytes > LIVE_BYTES_MAX) return -ERROR_FULL;
  if (store.other_keys >= KEYS_PER_CONTAINER || !is_allowed(self->place, bytes)) return -ERROR_QUOTA;
  put(owner, key, what, data, length);
  return 0;
}

static void remove_value(uint32_t owner, uint32_t key) {
  struct record **entry = find(owner, key);
  if (entry != NULL) put(owner, key, 0, entry, 0); /* no bytes of it */
}

void port_store_remove(const struct container *self, uint32_t key) { remove_value(owner_of(self), key); }

/* --- Which version was kept --- */

uint32_t values_kept(uint32_t place) {
  uint32_t word = 0;
  (void)read_value(KEPT_OWNER, place, STORED_NUMBER, &word, sizeof word);
  return word;
}

void values_keep(uint32_t place, const uint32_t *word) {
  (void)find(KEPT_OWNER, place);
  if (store.live_bytes <= SECTOR_BYTES - ROOM_BYTES - sizeof(struct head) - RECORD_BYTES(sizeof *word)) put(KEPT_OWNER, place, STORED_NUMBER, word, sizeof *word);
}

void values_forget(uint32_t place) { remove_value(KEPT_OWNER, place); }
