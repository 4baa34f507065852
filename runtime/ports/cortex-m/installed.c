/* Two sectors hold a journal each, and the one with the higher sequence counts: the other may be half written. */
#include "installed.h"

#include <stdbool.h>
#include <stddef.h>

#include "chip.h"
#include "crc32.h"
#include "native.h"

#define JOURNAL 0x020000u
#define SLOTS 0x028000u
#define SECTOR_BYTES 4096u

#define MAGIC 0x6e6a6874u /* thjn */
#define FORMAT 1u
#define KIND_INSTALLED 1u

struct journal {
  uint32_t magic, sequence, format;
  uint32_t crc; /* of what precedes it */
};

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

_Static_assert(sizeof(struct journal) == 16 && sizeof(struct record) == 32, "the layout of SPEC.md");
_Static_assert(sizeof(struct journal) + CONTAINERS_MAX * sizeof(struct record) > SECTOR_BYTES, "a sector holds no more");

/* Whether the last word of a block is the CRC of the others. */
static bool is_sealed(const void *block, uint32_t bytes) {
  const uint8_t *last = (const uint8_t *)block + bytes - 4;
  return crc32(0, block, bytes - 4) == *(const uint32_t *)(const void *)last;
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

static void load(struct container *self, const struct record *record) {
  const uint8_t *slot = chip_flash_at(record->slot);
  const void *description = slot + record->description;
  (void)native_load(self, (const struct payload *)(const void *)slot, record->payload_bytes, description,
                    record->description_bytes);
}

void installed_load(void) {
  const struct journal *journal = newest();
  if (journal == NULL) return;
  const struct record *record = (const struct record *)(journal + 1);
  for (uint32_t i = 0; i < CONTAINERS_MAX - 1 && record->kind == KIND_INSTALLED; i++, record++) {
    if (is_sealed(record, sizeof *record) && is_whole(record)) load(&containers[i], record);
  }
}
