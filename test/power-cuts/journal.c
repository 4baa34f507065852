/* Which versions were kept, beside the values that fill the store, on a flash that loses power at every operation, once and again after the restart. Prints one
   line of figures, or what broke and how to run it alone: journal SEED CUT AGAIN. */
#include "values.c"

#include "installed.c"

/* The journal itself is never written. */
#define NOR_FIRST SECTORS
#define NOR_END (SECTORS + 2 * SECTOR_BYTES)
#include "nor.h"

#define APPS 3u
#define VERSIONS 37u
#define STEPS 60u
#define SLOT_BYTES 256u
#define LATER_MAX STEPS
/* With these little room is left to append. */
#define VALUES 13u
#define VALUE_BYTES 64u

const uint32_t chip_flash_bytes = 1u << 21;
struct container containers[CONTAINERS_MAX];

static uint64_t now_us;

/* Which version may start after a cut: the one that was noted for certain, or any that was kept since. */
static struct {
  uint32_t certain, later[LATER_MAX], count;
} expected[APPS];

/* --- The kernel --- */

uint64_t port_now_us(void) { return now_us; }

bool is_equal(const void *a, const void *b, uint32_t bytes) { return memcmp(a, b, bytes) == 0; }

int32_t native_load(struct container *self, const struct payload *payload, uint32_t payload_bytes,
                    const struct description *description, uint32_t description_bytes,
                    const struct container *predecessor) {
  (void)payload, (void)payload_bytes, (void)description, (void)description_bytes;
  self->index = (uint8_t)(self - containers);
  self->place = predecessor == NULL ? self->index : predecessor->place;
  self->state = CONTAINER_LOADED;
  return 0;
}

/* Is kept at once. */
int32_t swap_begin(struct container *self, struct container *successor) {
  self->state = CONTAINER_EMPTY;
  port_swapped(successor, self, SWAP_KEPT);
  return 0;
}

void link_swapped(const struct container *self, uint32_t outcome, uint32_t code) {
  (void)self, (void)outcome, (void)code;
}

/* --- The device --- */

static void put_version(uint32_t index, uint32_t kind, uint32_t app) {
  struct version *version = (struct version *)(void *)(flash + JOURNAL + sizeof(struct journal)) + index;
  uint8_t *slot = flash + SLOTS + index * SLOT_BYTES;
  memset(slot, (int)index, SLOT_BYTES);
  *version = (struct version){kind, SLOTS + index * SLOT_BYTES, 100, 100, 28, 0x1000 + app, 0, 0};
  version->content_crc = crc32(0, slot, 128);
  version->crc = crc32(0, (const uint8_t *)version, 28);
}

/* As a host writes it: the apps, then their versions. */
static void install(void) {
  memset(flash, 0xff, sizeof flash);
  struct journal *journal = (struct journal *)(void *)(flash + JOURNAL);
  *journal = (struct journal){JOURNAL_MAGIC, 1, FORMAT, 0};
  journal->crc = crc32(0, (const uint8_t *)journal, 12);
  for (uint32_t app = 0; app < APPS; app++) put_version(app, KIND_INSTALLED, app);
  for (uint32_t i = 0; i < APPS * VERSIONS; i++) put_version(APPS + i, 2, i % APPS);
  memset(expected, 0, sizeof expected);
}

static void boot(void) {
  memset(&store, 0, sizeof store);
  memset(containers, 0, sizeof containers);
  values_init();
  installed_load();
}

static struct container *running(uint32_t app) {
  for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
    if (containers[i].state != CONTAINER_EMPTY && containers[i].place == app) return &containers[i];
  }
  fail("an app is gone");
  return NULL;
}

/* A value says by its bytes which one it is. */
static void write_value(uint32_t app, uint32_t key) {
  uint8_t bytes[VALUE_BYTES];
  memset(bytes, (int)(16 * app + key), sizeof bytes);
  bytes[0] = (uint8_t)random_below(256);
  now_us += 1ull << 32;
  if (port_store_write(running(app), key, STORED_BYTES, bytes, sizeof bytes) != 0) fail("a value is refused");
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
    if (running(app)->version != latest(app)) fail("not the version that was kept last");
  }
}

static void check_after_cut(void) {
  for (uint32_t app = 0; app < APPS; app++) {
    uint32_t version = running(app)->version;
    bool known = version == expected[app].certain;
    for (uint32_t i = 0; i < expected[app].count; i++) known |= version == expected[app].later[i];
    if (!known) fail("a version older than what was noted, or one that was never kept");
    expected[app].certain = version;
    expected[app].count = 0;
  }
}

static void check_values(void) {
  for (uint32_t i = 0; i < APPS * VALUES; i++) {
    uint8_t bytes[VALUE_BYTES], all = (uint8_t)(16 * (i % APPS) + i / APPS);
    if (port_store_read(running(i % APPS), i / APPS, STORED_BYTES, bytes, sizeof bytes) != (int32_t)sizeof bytes) fail("a value is gone");
    for (uint32_t byte = 1; byte < sizeof bytes; byte++) {
      if (bytes[byte] != all) fail("a value is another");
    }
  }
}

/* Returns false if power failed. */
static bool live(uint32_t seed, uint32_t steps, uint32_t cut) {
  random_state = seed;
  operations = 0;
  cut_at = cut;
  if (setjmp(power_lost) != 0) {
    cut_at = NEVER_CUT;
    return false;
  }
  boot();
  for (uint32_t i = 0; i < steps; i++) {
    uint32_t app = random_below(APPS), version = random_below(VERSIONS + 1);
    expected[app].later[expected[app].count++] = version;
    if (installed_swap(running(app), version) != 0) fail("a swap is refused");
    if (random_below(2) == 0) write_value(random_below(APPS), random_below(VALUES));
    for (uint32_t flushes = random_below(5); flushes > 0; flushes--) {
      values_flush(random_below(2) == 0 ? 0 : UINT64_MAX);
      if (store.programmed == store.end) all_certain();
    }
    check_exact();
  }
  return true;
}

static uint32_t cuts;

/* A device on which this was just installed, with values of before. */
static void begin(void) {
  cut_at = NEVER_CUT;
  install();
  boot();
  for (uint32_t i = 0; i < APPS * VALUES; i++) write_value(i % APPS, i / APPS);
  values_flush(UINT64_MAX);
  operations = 0;
}

/* A life that is cut at `cut`, then one that is cut at `again`, then one to its end. False if the first was not cut. */
static bool run(uint32_t seed, uint32_t cut, uint32_t again) {
  begin();
  check_exact();
  if (live(seed, STEPS, cut)) return false;
  cuts++;
  boot();
  check_after_cut();
  check_values();
  if (!live(seed + 1, 20, again)) {
    cuts++;
    boot();
    check_after_cut();
    check_values();
  }
  if (!live(seed + 2, 20, NEVER_CUT)) fail("cut?");
  values_flush(UINT64_MAX);
  expect(store.programmed == store.end, "all is noted");
  all_certain();
  boot();
  check_exact();
  check_values();
  return true;
}

/* --- Single things --- */

static void keep(uint32_t app, uint32_t version) {
  expect(installed_swap(running(app), version) == 0, "a swap");
  for (uint32_t i = 0; i < 3; i++) values_flush(UINT64_MAX);
}

static void check_single(void) {
  begin();
  keep(1, 0);
  keep(1, 5);
  expect(operations > 0 && operations <= 4, "a record is a page, or two where it lies across");
  boot();
  expect(running(0)->version == 0 && running(1)->version == 5, "what was kept starts");
  expect(installed_swap(running(1), VERSIONS + 1) == -ERROR_NOT_FOUND, "there is no such version");
  /* The bytes of the version that was kept are no longer what they were. */
  flash[SLOTS + (APPS + 4 * APPS + 1) * SLOT_BYTES + 3] ^= 1;
  boot();
  expect(running(1)->version == 0, "the first version starts in its place");
  expect(installed_swap(running(1), 5) == -ERROR_WRONG_TYPE, "it is not swapped in");
}

/* The flash refuses an operation: what it was for is done all the same, or not noted, and nothing else is lost. */
static void check_refusals(void) {
  cut_at = NEVER_CUT;
  for (refused_at = 0; refused_at < 60; refused_at++) {
    begin();
    for (uint32_t i = 0; i < 30; i++) keep(i % APPS, 1 + i % VERSIONS);
    for (uint32_t app = 0; app < APPS; app++) keep(app, 2 + app);
    boot();
    for (uint32_t app = 0; app < APPS; app++) expect(running(app)->version == 2 + app, "a refusal loses a version");
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
