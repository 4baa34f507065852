/* Two sectors hold a journal each, and the one with the higher sequence counts: the other may be half written. First come the containers
   and their further versions, then, appended one by one, which of them were kept. */
#include "installed.h"

#include "chip.h"
#include "crc32.h"
#include "link.h"
#include "native.h"
#include "port.h"
#include "sector.h"
#include "swap.h"

#define JOURNAL 0x020000u
#define SLOTS 0x028000u

#define MAGIC 0x6e6a6874u /* thjn */
#define FORMAT 1u

struct journal {
  uint32_t magic, sequence, format;
  uint32_t crc; /* of what precedes it */
};

enum kind {
  KIND_INSTALLED = 1, /* a container: its place counts these */
  KIND_VERSION,       /* another version of a container */
  KIND_KEPT,          /* the record of a version once more: it was kept */
};

#define BLANK 0xffffffffu

struct record {
  uint32_t kind;
  uint32_t slot; /* offset in flash */
  uint32_t payload_bytes;
  uint32_t description; /* offset in the slot */
  uint32_t description_bytes;
  uint32_t name_hash;
  uint32_t content_crc; /* of payload and description */
  uint32_t crc;         /* of what precedes it */
};

#define RECORDS_MAX ((SECTOR_BYTES - sizeof(struct journal)) / sizeof(struct record))

_Static_assert(sizeof(struct journal) == 16 && sizeof(struct record) == 32, "the layout of SPEC.md");
_Static_assert(RECORDS_MAX < CONTAINERS_MAX, "each can be loaded");

static struct {
  const struct record *records, *end; /* of the journal that counts; before the first that is blank */
  bool is_due;                        /* a version was kept that it may not name yet */
  uint8_t put_off;                    /* how often the turn of the other sector was */
} installed;

static bool is_sealed(const void *block, uint32_t bytes) {
  const uint8_t *last = (const uint8_t *)block + bytes - 4;
  return crc32(0, block, bytes - 4) == *(const uint32_t *)(const void *)last;
}

/* --- The journal --- */

/* From now on it is this one that counts. What is torn by a loss of power is left where it is. */
static void open(const struct journal *journal) {
  installed.records = (const struct record *)(journal + 1);
  installed.end = installed.records + RECORDS_MAX;
  while (installed.end > installed.records && installed.end[-1].kind == BLANK) installed.end--;
}

static const struct journal *journal_at(uint32_t offset) {
  const struct journal *journal = (const struct journal *)(const void *)chip_flash_at(offset);
  bool is_good = journal->magic == MAGIC && journal->format == FORMAT && is_sealed(journal, sizeof *journal);
  return is_good ? journal : NULL;
}

static const struct journal *newest(void) {
  const struct journal *a = journal_at(JOURNAL), *b = journal_at(JOURNAL + SECTOR_BYTES);
  return b == NULL || (a != NULL && a->sequence >= b->sequence) ? a : b;
}

/* A version of the app of that hash. */
static bool is_version(const struct record *record, uint32_t name_hash) {
  return record->kind <= KIND_VERSION && record->name_hash == name_hash;
}

/* The record with which the container of a place was installed, or NULL. */
static const struct record *first_of(uint32_t place) {
  for (const struct record *record = installed.records; record < installed.end; record++) {
    if (record->kind == KIND_INSTALLED && place-- == 0) return record;
  }
  return NULL;
}

/* The last record that an app's version was kept, or `first`. */
static const struct record *kept_of(const struct record *first) {
  const struct record *kept = first;
  for (const struct record *record = first; record < installed.end; record++) {
    if (record->kind == KIND_KEPT && record->name_hash == first->name_hash && is_sealed(record, sizeof *record)) kept = record;
  }
  return kept;
}

/* The record of the version that a container is; NULL if the journal has not named it. */
static const struct record *record_of(const struct container *self) {
  uint32_t slot = (uint32_t)((const uint8_t *)native_of(self)->payload - chip_flash_at(0));
  for (const struct record *record = installed.records; record < installed.end; record++) {
    if (record->kind <= KIND_VERSION && record->slot == slot) return record;
  }
  return NULL;
}

uint32_t installed_version(const struct container *self) {
  const struct record *own = record_of(self);
  uint32_t version = 0;
  for (const struct record *record = installed.records; record < own; record++) {
    version += is_version(record, own->name_hash);
  }
  return version;
}

/* --- Loading --- */

/* Whether the slot lies in flash, holds its description behind its payload, and both are what was installed. */
static bool is_whole(const struct record *record) {
  uint32_t size = chip_flash_bytes; /* a power of two: below it each number, and their sums do not overflow */
  if ((record->slot | record->payload_bytes | record->description | record->description_bytes) >= size) return false;
  if (record->slot < SLOTS || ((record->slot | record->description) & 3u) != 0) return false;
  if (record->payload_bytes > record->description) return false;
  if (record->slot + record->description + record->description_bytes > size) return false;
  const uint8_t *slot = chip_flash_at(record->slot);
  uint32_t crc = crc32(0, slot, record->payload_bytes);
  return crc32(crc, slot + record->description, record->description_bytes) == record->content_crc;
}

static int32_t load(struct container *self, const struct record *record, const struct container *predecessor) {
  if (!is_sealed(record, sizeof *record) || !is_whole(record)) return -ERROR_WRONG_TYPE;
  const uint8_t *slot = chip_flash_at(record->slot);
  const void *description = slot + record->description;
  return native_load(self, (const struct payload *)(const void *)slot, record->payload_bytes, description,
                     record->description_bytes, predecessor);
}

uint32_t installed_load(void) {
  const struct journal *journal = newest();
  struct container *self = containers;
  if (journal == NULL) return 0;
  open(journal);
  for (const struct record *first = installed.records; first < installed.end; first++) {
    if (first->kind != KIND_INSTALLED) continue;
    if (load(self, kept_of(first), NULL) < 0) (void)load(self, first, NULL);
    self++;
  }
  return (uint32_t)(self - containers);
}

int32_t installed_swap(struct container *self, uint32_t version) {
  const struct record *record = installed.records;
  uint32_t name_hash = first_of(self->place)->name_hash;
  for (; record < installed.end; record++) {
    if (is_version(record, name_hash) && version-- == 0) break;
  }
  if (record == installed.end) return -ERROR_NOT_FOUND;
  struct container *successor = containers;
  while (successor->state != CONTAINER_EMPTY) {
    if (++successor == containers + CONTAINERS_MAX) return -ERROR_FULL;
  }
  int32_t error = load(successor, record, self);
  return error < 0 ? error : swap_begin(self, successor);
}

/* --- What was kept --- */

/* Moves to the other sector, where each app is kept once. Its header comes last. */
static bool turn(void) {
  const struct journal *old = (const struct journal *)(const void *)installed.records - 1;
  uint32_t other = (uint32_t)((const uint8_t *)old - chip_flash_at(0)) ^ SECTOR_BYTES, to = other + sizeof *old;
  const struct record *record = installed.records;
  while (record < installed.end && record->kind < KIND_KEPT) record++;
  if (!chip_flash_erase(other) || !sector_program(to, installed.records, record)) return false;
  to += (uint32_t)((const uint8_t *)record - (const uint8_t *)installed.records);
  for (; record < installed.end; record++) {
    if (!is_sealed(record, sizeof *record) || kept_of(record) != record) continue;
    if (!sector_program(to, record, record + 1)) return false;
    to += sizeof *record;
  }
  struct journal journal = {MAGIC, old->sequence + 1, FORMAT, 0};
  journal.crc = crc32(0, (const uint8_t *)&journal, sizeof journal - sizeof journal.crc);
  if (!sector_program(other, &journal, &journal + 1)) return false;
  open((const struct journal *)(const void *)chip_flash_at(other));
  return true;
}

/* The record of a version that has been kept, of which the journal does not know; NULL if there is none. */
static const struct record *find_unknown(void) {
  for (const struct container *self = containers; self < containers + CONTAINERS_MAX; self++) {
    if (self->state == CONTAINER_EMPTY || swap_on_trial(self)) continue;
    const struct record *record = record_of(self);
    if (record != NULL && kept_of(first_of(self->place))->slot != record->slot) return record;
  }
  return NULL;
}

static bool is_full(void) { return installed.end == installed.records + RECORDS_MAX; }

/* Called in the main loop for each event, so that most calls come to their end here. */
void installed_flush(uint32_t idle_us) {
  if (!installed.is_due) return;
  const struct record *version = find_unknown();
  installed.is_due = version != NULL;
  if (version == NULL) return;
  if (is_full()) {
    if (idle_us < COMPACT_US && ++installed.put_off != 0) return;
    installed.is_due = turn() && !is_full();
    if (!installed.is_due) return;
    version = find_unknown(); /* it lies elsewhere now */
  }
  struct record kept = *version;
  kept.kind = KIND_KEPT;
  kept.crc = crc32(0, (const uint8_t *)&kept, sizeof kept - sizeof kept.crc);
  uint32_t offset = (uint32_t)((const uint8_t *)installed.end++ - chip_flash_at(0));
  (void)sector_program(offset, &kept, &kept + 1);
}

void port_swapped(struct container *self, struct container *other, uint32_t outcome) {
  if (outcome == SWAP_KEPT) installed.is_due = true;
  link_swapped(self, outcome, outcome == SWAP_BACK ? other->trap : TRAP_NONE);
}
