/* The journal of what is installed on a flash that loses power at every operation, once and again after the restart. Prints one line of figures, or what
   broke and how to run it alone: journal SEED CUT AGAIN. */
#include "installed.c"

#define NOR_FIRST JOURNAL
#define NOR_END (JOURNAL + 2 * SECTOR_BYTES)
#include "nor.h"

#define APPS 3u
#define VERSIONS 37u /* with what was kept of each, eleven records are left */
#define STEPS 60u
#define SLOT_BYTES 256u
#define LATER_MAX STEPS

const uint32_t chip_flash_bytes = 1u << 21;
struct container containers[CONTAINERS_MAX];
struct native *natives[CONTAINERS_MAX];

static struct native loaded[CONTAINERS_MAX];

/* Which version may start after a cut: the one that was noted for certain, or any that was kept since. */
static struct {
  uint32_t certain, later[LATER_MAX], count;
} expected[APPS];

/* --- The kernel --- */

int32_t native_load(struct container *self, const struct payload *payload, uint32_t payload_bytes,
                    const struct description *description, uint32_t description_bytes,
                    const struct container *predecessor) {
  (void)payload_bytes, (void)description, (void)description_bytes;
  self->index = (uint8_t)(self - containers);
  self->place = predecessor == NULL ? self->index : predecessor->place;
  natives[self->index] = &loaded[self->index];
  natives[self->index]->payload = payload;
  self->state = CONTAINER_LOADED;
  return 0;
}

/* Is kept at once. */
int32_t swap_begin(struct container *self, struct container *successor) {
  self->state = CONTAINER_EMPTY;
  natives[self->index] = NULL;
  port_swapped(successor, self, SWAP_KEPT);
  return 0;
}

bool swap_on_trial(const struct container *self) {
  (void)self;
  return false;
}

void link_swapped(const struct container *self, uint32_t outcome, uint32_t code) {
  (void)self, (void)outcome, (void)code;
}

/* --- The device --- */

static void put_record(uint32_t index, uint32_t kind, uint32_t app) {
  struct record *record = (struct record *)(void *)(flash + JOURNAL + sizeof(struct journal)) + index;
  uint8_t *slot = flash + SLOTS + index * SLOT_BYTES;
  memset(slot, (int)index, SLOT_BYTES);
  *record = (struct record){kind, SLOTS + index * SLOT_BYTES, 100, 100, 28, 0x1000 + app, 0, 0};
  record->content_crc = crc32(0, slot, 128);
  record->crc = crc32(0, (const uint8_t *)record, 28);
}

/* As a host writes it: the apps, then their versions. */
static void install(void) {
  memset(flash, 0xff, sizeof flash);
  struct journal *journal = (struct journal *)(void *)(flash + JOURNAL);
  *journal = (struct journal){MAGIC, 1, FORMAT, 0};
  journal->crc = crc32(0, (const uint8_t *)journal, 12);
  for (uint32_t app = 0; app < APPS; app++) put_record(app, KIND_INSTALLED, app);
  for (uint32_t i = 0; i < APPS * VERSIONS; i++) put_record(APPS + i, KIND_VERSION, i % APPS);
  memset(expected, 0, sizeof expected);
}

static void boot(void) {
  memset(&installed, 0, sizeof installed);
  memset(containers, 0, sizeof containers);
  memset(natives, 0, sizeof natives);
  installed_load();
}

static struct container *running(uint32_t app) {
  for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
    if (containers[i].state != CONTAINER_EMPTY && containers[i].place == app) return &containers[i];
  }
  fail("an app is gone");
  return NULL;
}

/* --- What is expected --- */

static uint32_t latest(uint32_t app) {
  return expected[app].count == 0 ? expected[app].certain : expected[app].later[expected[app].count - 1];
}

static void all_certain(void) {
  for (uint32_t app = 0; app < APPS; app++) {
    expected[app].certain = latest(app);
    expected[app].count = 0;
  }
}

static void check_exact(void) {
  for (uint32_t app = 0; app < APPS; app++) {
    if (installed_version(running(app)) != latest(app)) fail("not the version that was kept last");
  }
}

static void check_after_cut(void) {
  for (uint32_t app = 0; app < APPS; app++) {
    uint32_t version = installed_version(running(app));
    bool known = version == expected[app].certain;
    for (uint32_t i = 0; i < expected[app].count; i++) known |= version == expected[app].later[i];
    if (!known) fail("a version older than what was noted, or one that was never kept");
    expected[app].certain = version;
    expected[app].count = 0;
  }
}

/* Returns false if power failed. */
static bool live(uint32_t seed, uint32_t steps, uint32_t cut) {
  random_state = seed;
  operations = 0;
  cut_at = cut;
  if (setjmp(power_lost) != 0) return false;
  for (uint32_t i = 0; i < steps; i++) {
    uint32_t app = random_below(APPS), version = random_below(VERSIONS + 1);
    expected[app].later[expected[app].count++] = version;
    if (installed_swap(running(app), version) != 0) fail("a swap is refused");
    for (uint32_t flushes = random_below(5); flushes > 0; flushes--) {
      installed_flush(random_below(2) == 0 ? 0 : COMPACT_US);
      if (!installed.is_due) all_certain();
    }
    check_exact();
  }
  return true;
}

static uint32_t cuts;

/* A life that is cut at `cut`, then one that is cut at `again`, then one to its end. False if the first was not cut. */
static bool run(uint32_t seed, uint32_t cut, uint32_t again) {
  install();
  boot();
  check_exact();
  if (live(seed, STEPS, cut)) return false;
  cuts++;
  boot();
  check_after_cut();
  if (!live(seed + 1, 20, again)) {
    cuts++;
    boot();
    check_after_cut();
  }
  if (!live(seed + 2, 20, NEVER_CUT)) fail("cut?");
  for (uint32_t i = 0; i < 8; i++) installed_flush(COMPACT_US);
  expect(!installed.is_due, "all is noted");
  all_certain();
  boot();
  check_exact();
  return true;
}

/* --- Single things --- */

static void keep(uint32_t app, uint32_t version) {
  expect(installed_swap(running(app), version) == 0, "a swap");
  for (uint32_t i = 0; i < 3; i++) installed_flush(COMPACT_US);
}

static void check_single(void) {
  cut_at = NEVER_CUT;
  install();
  boot();
  operations = 0;
  keep(1, 0);
  expect(operations == 0, "what starts anyway is not noted");
  keep(1, 5);
  expect(operations > 0 && operations <= 2, "a record is a page, or two where it lies across");
  operations = 0;
  keep(1, 5);
  expect(operations == 0, "what is noted is not noted again");
  expect(installed_swap(running(1), VERSIONS + 1) == -ERROR_NOT_FOUND, "there is no such version");
  /* The bytes of the version that was kept are no longer what they were. */
  flash[SLOTS + (APPS + 4 * APPS + 1) * SLOT_BYTES + 3] ^= 1;
  boot();
  expect(installed_version(running(1)) == 0, "the first version starts in its place");
  expect(installed_swap(running(1), 5) == -ERROR_WRONG_TYPE, "it is not swapped in");
}

/* The flash refuses an operation: what it was for is done all the same, or not noted, and nothing else is lost. */
static void check_refusals(void) {
  cut_at = NEVER_CUT;
  for (refused_at = 0; refused_at < 60; refused_at++) {
    install();
    boot();
    operations = 0;
    for (uint32_t i = 0; i < 30; i++) keep(i % APPS, 1 + i % VERSIONS);
    for (uint32_t app = 0; app < APPS; app++) keep(app, 2 + app);
    boot();
    for (uint32_t app = 0; app < APPS; app++) expect(installed_version(running(app)) == 2 + app, "a refusal loses a version");
  }
  refused_at = NEVER_CUT;
}

int main(int count, char **arguments) {
  check_single();
  check_refusals();
  if (count == 4) {
    run((uint32_t)atoi(arguments[1]), (uint32_t)strtoul(arguments[2], NULL, 10), (uint32_t)strtoul(arguments[3], NULL, 10));
    return 0;
  }
  erasures[0] = erasures[1] = 0;
  for (uint32_t seed = 1; seed <= 6; seed++) {
    for (uint32_t cut = 0;; cut++) {
      fprintf(stderr, "%u %u %u\n", seed, cut, cut % 16);
      if (!run(seed, cut, cut % 16)) break;
    }
  }
  printf("%u cuts, %u and %u erasures\n", cuts, erasures[0], erasures[1]);
  return 0;
}
