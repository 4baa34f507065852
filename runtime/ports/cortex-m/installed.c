/* A host writes the journal: first the containers, then their further versions. Which of them was kept is a value of the store. */
#include "installed.h"

#include "chip.h"
#include "crc32.h"
#include "link.h"
#include "native.h"
#include "port.h"
#include "swap.h"
#include "values.h"

#define JOURNAL 0x020000u
#define SLOTS 0x028000u

#define JOURNAL_MAGIC 0x6e6a6874u /* thjn */
#define FORMAT 1u

struct journal {
  uint32_t magic, sequence, format;
  uint32_t crc; /* of what precedes it */
};

#define KIND_INSTALLED 1u /* a container: its place counts these; else another version of one */

#define BLANK 0xffffffffu

/* A record of the journal. */
struct version {
  uint32_t kind;
  uint32_t slot; /* offset in flash */
  uint32_t payload_bytes;
  uint32_t description; /* offset in the slot */
  uint32_t description_bytes;
  uint32_t name_hash;
  uint32_t content_crc; /* of payload and description */
  uint32_t crc;         /* of what precedes it */
};

#define VERSIONS_MAX ((SECTOR_BYTES - sizeof(struct journal)) / sizeof(struct version))

_Static_assert(sizeof(struct journal) == 16 && sizeof(struct version) == 32, "the layout of SPEC.md");
_Static_assert(VERSIONS_MAX < CONTAINERS_MAX, "each can be loaded");

/* Behind the last record; NULL if there is no journal. */
static const struct version *versions_end;

static const struct version *versions(void) { return (const void *)chip_flash_at(JOURNAL + sizeof(struct journal)); }

/* A version of the app in a place, or NULL. */
static const struct version *find_version(uint32_t place, uint32_t number) {
  const struct version *first = versions() + place;
  if (first >= versions_end || first->kind != KIND_INSTALLED) return NULL;
  for (const struct version *version = first; version < versions_end; version++) {
    if (version->name_hash == first->name_hash && number-- == 0) return version;
  }
  return NULL;
}

uint32_t installed_name_hash(uint32_t place) { return versions()[place].name_hash; }

/* --- Loading --- */

/* Whether the slot lies in flash, holds its description behind its payload, and both are what was installed. */
static bool is_whole(const struct version *version) {
  uint32_t size = chip_flash_bytes; /* a power of two: below it each number, and their sums do not overflow */
  if ((version->slot | version->payload_bytes | version->description | version->description_bytes) >= size) return false;
  if (version->slot < SLOTS || ((version->slot | version->description) & 3u) != 0) return false;
  if (version->payload_bytes > version->description) return false;
  if (version->slot + version->description + version->description_bytes > size) return false;
  const uint8_t *slot = chip_flash_at(version->slot);
  uint32_t crc = crc32(0, slot, version->payload_bytes);
  return crc32(crc, slot + version->description, version->description_bytes) == version->content_crc;
}

/* Loads a version of the app in a place. */
static int32_t load(struct container *self, uint32_t place, uint32_t number, const struct container *predecessor) {
  const struct version *version = find_version(place, number);
  if (version == NULL) return -ERROR_NOT_FOUND;
  if (!is_sealed(version, sizeof *version) || !is_whole(version)) return -ERROR_WRONG_TYPE;
  self->version = (uint8_t)number;
  const uint8_t *slot = chip_flash_at(version->slot);
  const void *description = slot + version->description;
  return native_load(self, (const struct payload *)(const void *)slot, version->payload_bytes, description,
                     version->description_bytes, predecessor);
}

uint32_t installed_load(void) {
  uint32_t places = 0;
  const struct journal *journal = (const void *)chip_flash_at(JOURNAL);
  if (journal->magic != JOURNAL_MAGIC || journal->format != FORMAT || !is_sealed(journal, sizeof *journal)) return 0;
  const struct version *end = versions();
  while (end < versions() + VERSIONS_MAX && end->kind != BLANK) end++;
  versions_end = end;
  for (uint32_t place = 0; place < CONTAINERS_MAX; place++) {
    const struct version *version;
    uint32_t number = 0, crc = values_kept(place);
    while ((version = find_version(place, number)) != NULL && version->crc != crc) number++;
    if (version == NULL) values_forget(place); /* it was kept of what was installed before */
    struct container *self = containers + place;
    if (load(self, place, number, NULL) < 0) (void)load(self, place, 0, NULL);
    places += find_version(place, 0) != NULL;
  }
  return places;
}

int32_t installed_swap(struct container *self, uint32_t number) {
  struct container *successor = containers;
  while (successor->state != CONTAINER_EMPTY) {
    if (++successor == containers + CONTAINERS_MAX) return -ERROR_FULL;
  }
  int32_t error = load(successor, self->place, number, self);
  return error < 0 ? error : swap_begin(self, successor);
}

void port_swapped(struct container *self, struct container *other, uint32_t outcome) {
  if (outcome == SWAP_KEPT) values_keep(self->place, &find_version(self->place, self->version)->crc);
  link_swapped(self, outcome, outcome == SWAP_BACK ? other->trap : TRAP_NONE);
}
