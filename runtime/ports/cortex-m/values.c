/* The store: two sectors, of which the one with the higher sequence counts. Values are appended to it as records; the last one of an
   owner and key counts. When it is full, the values that count go to the other sector, whose header is programmed last.
   So power may fail at any time: a record whose CRC is wrong was never written, nor was a sector without header. */
#include "values.h"

#include <stdbool.h>

#include "chip.h"
#include "config.h"
#include "container.h"
#include "crc32.h"
#include "link.h"
#include "port.h"

#define SECTORS 0x022000u
#define SECTOR_BYTES 4096u
#define PAGE_BYTES 256u

/* What the values that count may take: the rest of a sector is room to append, so that it lasts for a while. */
#define LIVE_BYTES_MAX 3072u
#define KEYS_PER_CONTAINER 64u
/* What waits to be programmed: of all containers, of one. */
#define QUEUE_BYTES 1024u
#define QUEUE_BYTES_PER_CONTAINER 512u
/* What a container may write within 2^32 microseconds (71.6 minutes), in units of 16 bytes: a sector. A chip stands 100,000
   erasures of each: one container at this limit wears them out in 27 years, or in 7 while little room is left. */
#define ALLOWANCE 255u
#define UNIT_BYTES 16u
#define COMPACT_US 60000u

struct header {
  uint32_t magic, sequence, crc; /* of the words before */
};

#define MAGIC 0x6c767468u /* "thvl" */

/* Followed by zeros up to a multiple of 4. */
struct record {
  uint32_t crc; /* of the rest and the value; made when it is programmed */
  uint32_t owner; /* CRC of the app's name */
  uint8_t key;
  uint8_t length; /* REMOVED apart */
  uint8_t value[];
};

#define REMOVED 0x80u /* nothing is stored under the key */
#define RECORD_BYTES __builtin_offsetof(struct record, value)
#define CHECKED_BYTES (RECORD_BYTES - sizeof(uint32_t))
#define LENGTH_MAX (STORE_BYTES_MAX + 1u)

static uint32_t sector; /* flash offset of the one that counts */
static uint32_t sequence;
static uint32_t end; /* of its records */
static bool closed; /* nothing can be appended to it */
static uint32_t live_bytes; /* of records that count */
static _Alignas(4) uint8_t queue[QUEUE_BYTES];
static uint32_t queued;
static uint8_t put_off; /* how often a new sector was */
static uint32_t window;
static uint8_t written[CONTAINERS_MAX]; /* in this window, in units */

/* What is being programmed: the next byte's place in flash, the page around it. */
static uint32_t place;
static bool failed;
static uint8_t page[PAGE_BYTES];

/* --- Records: first those in flash, then those that wait --- */

static uint32_t record_bytes(const struct record *record) {
  return (RECORD_BYTES + (record->length & ~REMOVED) + 3) & ~3u;
}

/* The record at this place, or the next one behind the end of the flash's, or NULL. */
static const struct record *record_at(const uint8_t *place_) {
  if (place_ == chip_flash_at(sector + end)) place_ = queue;
  return place_ == queue + queued ? NULL : (const struct record *)(const void *)place_;
}

static const struct record *first(void) { return record_at(chip_flash_at(sector + sizeof(struct header))); }

static const struct record *next(const struct record *record) {
  return record_at((const uint8_t *)record + record_bytes(record));
}

/* The one that counts; NULL or a REMOVED one if nothing is stored. */
static const struct record *find(uint32_t owner, uint32_t key) {
  const struct record *found = NULL;
  for (const struct record *record = first(); record != NULL; record = next(record)) {
    if (record->owner == owner && record->key == key) found = record;
  }
  return found;
}

static bool is_live(const struct record *record) { return record != NULL && (record->length & REMOVED) == 0; }

static uint32_t bytes_if_live(const struct record *record) { return is_live(record) ? record_bytes(record) : 0; }

/* The record, if it still waits and so can be written over. */
static struct record *in_queue(const struct record *record) {
  uint32_t i = (uint32_t)((const uint8_t *)record - queue);
  return i < QUEUE_BYTES ? (struct record *)(void *)(queue + i) : NULL;
}

/* --- Programming --- */

static void copy(uint8_t *to, const uint8_t *from, uint32_t length) {
  while (length-- > 0) *to++ = *from++;
}

/* Goes on at `offset`: the page around it is programmed with what it has, and what is appended. */
static void go_to(uint32_t offset) {
  place = offset;
  copy(page, chip_flash_at(offset & ~(PAGE_BYTES - 1)), PAGE_BYTES);
}

static void program(void) {
  failed |= !chip_flash_program((place - 1) & ~(PAGE_BYTES - 1), page);
  go_to(place);
}

static void append(const uint8_t *bytes, uint32_t length) {
  while (length-- > 0) {
    page[place++ % PAGE_BYTES] = *bytes++;
    if (place % PAGE_BYTES == 0) program();
  }
}

/* Ends a run of append(). */
static bool is_written(void) {
  if (place % PAGE_BYTES != 0) program();
  return !failed;
}

static void start_at(uint32_t offset) {
  failed = false;
  go_to(offset);
}

/* Makes the other sector the one that counts. */
static void compact(void) {
  uint32_t target = sector ^ SECTOR_BYTES;
  if (!chip_flash_erase(target)) return;
  start_at(target + sizeof(struct header));
  for (const struct record *record = first(); record != NULL; record = next(record)) {
    if (is_live(record) && find(record->owner, record->key) == record) append((const uint8_t *)record, record_bytes(record));
  }
  uint32_t new_end = place - target;
  if (!is_written()) return;
  struct header header = {MAGIC, sequence + 1, 0};
  header.crc = crc32(0, (const uint8_t *)&header, sizeof header - sizeof header.crc);
  start_at(target);
  append((const uint8_t *)&header, sizeof header);
  if (!is_written()) return;
  sector = target;
  sequence++;
  end = new_end;
  closed = false;
  queued = 0;
}

void values_flush(uint32_t idle_us) {
  if (queued == 0) return;
  for (uint32_t i = 0; i < queued;) {
    struct record *record = (struct record *)(void *)(queue + i);
    record->crc = crc32(0, (const uint8_t *)&record->owner, CHECKED_BYTES + (record->length & ~REMOVED));
    i += record_bytes(record);
  }
  if (!closed && end + queued <= SECTOR_BYTES) {
    start_at(sector + end);
    append(queue, queued);
    if (is_written()) {
      end += queued;
      queued = 0;
    } else {
      closed = true;
    }
  } else if (++put_off == 0 || idle_us >= COMPACT_US || queued >= QUEUE_BYTES / 2) {
    compact();
  }
}

/* --- At start --- */

static bool is_header(const struct header *header) {
  return header->magic == MAGIC &&
         header->crc == crc32(0, (const uint8_t *)header, sizeof *header - sizeof header->crc);
}

static bool is_record(const struct record *record) {
  uint32_t length = record->length & ~REMOVED;
  return end + RECORD_BYTES + length <= SECTOR_BYTES && length <= LENGTH_MAX &&
         record->crc == crc32(0, (const uint8_t *)&record->owner, CHECKED_BYTES + length);
}

void values_init(void) {
  bool found = false;
  sector = SECTORS + SECTOR_BYTES;
  for (uint32_t offset = SECTORS; offset <= SECTORS + SECTOR_BYTES; offset += SECTOR_BYTES) {
    const struct header *header = (const struct header *)(const void *)chip_flash_at(offset);
    if (!is_header(header) || (found && (int32_t)(header->sequence - sequence) < 0)) continue;
    found = true;
    sector = offset;
    sequence = header->sequence;
  }
  end = sizeof(struct header);
  closed = !found;
  if (!found) return;
  for (;;) {
    const struct record *record = (const struct record *)(const void *)chip_flash_at(sector + end);
    if (!is_record(record)) break;
    live_bytes += bytes_if_live(record) - bytes_if_live(find(record->owner, record->key));
    end += record_bytes(record);
  }
  /* Something was being programmed when power failed: the cells may hold anything. */
  for (uint32_t i = end; i < SECTOR_BYTES; i++) closed |= *chip_flash_at(sector + i) != 0xff;
}

/* --- What containers call --- */

static uint32_t owner_of(const struct container *self) {
  const uint8_t *name = link_name(self);
  return crc32(0, name + 1, name[0]);
}

/* How many values the owner has. */
static uint32_t count_keys(uint32_t owner) {
  uint32_t keys[8] = {0}, count = 0;
  for (const struct record *record = first(); record != NULL; record = next(record)) {
    if (record->owner != owner) continue;
    uint32_t bit = 1u << record->key % 32, *word = &keys[record->key / 32];
    count -= (*word & bit) != 0;
    *word = is_live(record) ? *word | bit : *word & ~bit;
    count += (*word & bit) != 0;
  }
  return count;
}

/* Whether the container's allowance covers this record, which is then charged. */
static bool is_allowed(const struct container *self, uint32_t bytes) {
  uint32_t now = (uint32_t)(port_now_us() >> 32);
  uint32_t units = (bytes + UNIT_BYTES - 1) / UNIT_BYTES;
  if (now != window) {
    window = now;
    for (uint32_t i = 0; i < CONTAINERS_MAX; i++) written[i] = 0;
  }
  if (written[self->index] + units > ALLOWANCE) return false;
  written[self->index] = (uint8_t)(written[self->index] + units);
  return true;
}

static uint32_t queued_of(uint32_t owner) {
  uint32_t bytes = 0;
  for (uint32_t i = 0; i < queued;) {
    const struct record *record = (const struct record *)(const void *)(queue + i);
    i += record_bytes(record);
    if (record->owner == owner) bytes += record_bytes(record);
  }
  return bytes;
}

static void enqueue(uint32_t owner, uint32_t key, const uint8_t *data, uint32_t length) {
  struct record *record = (struct record *)(void *)(queue + queued);
  record->owner = owner;
  record->key = (uint8_t)key;
  record->length = (uint8_t)length;
  length &= ~REMOVED;
  copy(record->value, data, length);
  for (uint32_t i = length; RECORD_BYTES + i < record_bytes(record); i++) record->value[i] = 0;
  queued += record_bytes(record);
}

static bool is_equal(const uint8_t *a, const uint8_t *b, uint32_t length) {
  while (length-- > 0) {
    if (*a++ != *b++) return false;
  }
  return true;
}

int32_t port_store_read(const struct container *self, uint32_t key, uint8_t *out, uint32_t capacity) {
  const struct record *record = find(owner_of(self), key);
  if (!is_live(record)) return -ERROR_NOT_FOUND;
  if (record->length > capacity) return -ERROR_TOO_SMALL;
  copy(out, record->value, record->length);
  return record->length;
}

int32_t port_store_write(const struct container *self, uint32_t key, const uint8_t *data, uint32_t length) {
  uint32_t owner = owner_of(self), bytes = (RECORD_BYTES + length + 3) & ~3u;
  const struct record *old = find(owner, key);
  if (is_live(old) && old->length == length) {
    if (is_equal(old->value, data, length)) return 0;
    struct record *waiting = in_queue(old);
    if (waiting != NULL) {
      copy(waiting->value, data, length);
      return 0;
    }
  }
  uint32_t live = live_bytes - bytes_if_live(old) + bytes;
  if (!is_live(old) && count_keys(owner) >= KEYS_PER_CONTAINER) return -ERROR_QUOTA;
  if (live > LIVE_BYTES_MAX || queued + bytes > QUEUE_BYTES) return -ERROR_FULL;
  if (queued_of(owner) + bytes > QUEUE_BYTES_PER_CONTAINER || !is_allowed(self, bytes)) return -ERROR_QUOTA;
  live_bytes = live;
  enqueue(owner, key, data, length);
  return 0;
}

void port_store_remove(const struct container *self, uint32_t key) {
  uint32_t owner = owner_of(self);
  const struct record *old = find(owner, key);
  if (!is_live(old)) return;
  struct record *waiting = in_queue(old);
  live_bytes -= bytes_if_live(old);
  if (waiting != NULL) {
    waiting->length |= REMOVED;
    return;
  }
  /* It cannot fail: for once the flash is programmed within a host call. */
  if (queued + sizeof(struct record) > QUEUE_BYTES) values_flush(UINT32_MAX);
  if (queued + sizeof(struct record) > QUEUE_BYTES) return;
  enqueue(owner, key, NULL, REMOVED);
}
