/* The store on a simulated NOR flash that loses power at every operation, once and again while it recovers. Prints one line of
   figures, or what broke and how to run it alone: store SEED CUT AGAIN. */
#include "values.c"

#define NOR_FIRST SECTORS
#define NOR_END (SECTORS + 2 * SECTOR_BYTES)
#include "nor.h"

#define CONTAINERS 3u
#define KEYS 24u
#define STEPS 500u
#define LENGTH_MAX STORE_BYTES_MAX

struct value {
  int32_t length; /* -1: nothing */
  uint8_t bytes[LENGTH_MAX];
};

/* What each key may be found as after a cut: what was on flash for certain, and whatever came later. */
#define LATER_MAX 64u
struct expectation {
  struct value certain, later[LATER_MAX];
  uint32_t count;
};

struct container containers[CONTAINERS_MAX];
static const uint8_t names[CONTAINERS][8] = {"\4heat", "\3fan", "\5meter"};
static uint64_t now_us;
static struct expectation expected[CONTAINERS][KEYS];

uint64_t port_now_us(void) { return now_us; }

bool is_equal(const void *a, const void *b, uint32_t bytes) { return memcmp(a, b, bytes) == 0; }

uint32_t installed_name_hash(uint32_t place) { return crc32(0, names[place] + 1, names[place][0]); }

/* --- What is expected --- */

static bool is_same(const struct value *a, const struct value *b) {
  return a->length == b->length && (a->length <= 0 || memcmp(a->bytes, b->bytes, (size_t)a->length) == 0);
}

static struct value stored(uint32_t container, uint32_t key) {
  struct value value;
  value.length = port_store_read(&containers[container], key, STORED_BYTES, value.bytes, LENGTH_MAX);
  if (value.length == -ERROR_NOT_FOUND) value.length = -1;
  if (value.length < -1) fail("a value cannot be read");
  return value;
}

static struct value *latest(uint32_t container, uint32_t key) {
  struct expectation *it = &expected[container][key];
  return it->count == 0 ? &it->certain : &it->later[it->count - 1];
}

static void check_exact(void) {
  for (uint32_t c = 0; c < CONTAINERS; c++) {
    for (uint32_t k = 0; k < KEYS; k++) {
      struct value value = stored(c, k);
      if (!is_same(&value, latest(c, k))) fail("a value is not the last one written");
    }
  }
}

static void all_certain(void) {
  for (uint32_t c = 0; c < CONTAINERS; c++) {
    for (uint32_t k = 0; k < KEYS; k++) {
      expected[c][k].certain = *latest(c, k);
      expected[c][k].count = 0;
    }
  }
}

/* After power came back: each key has what was certain or something later. That is certain from now on. */
static void check_after_cut(void) {
  for (uint32_t c = 0; c < CONTAINERS; c++) {
    for (uint32_t k = 0; k < KEYS; k++) {
      struct expectation *it = &expected[c][k];
      struct value value = stored(c, k);
      bool known = is_same(&value, &it->certain);
      for (uint32_t i = 0; i < it->count; i++) known |= is_same(&value, &it->later[i]);
      if (!known) fail("a value is older than what was certain, or was never written");
      it->certain = value;
      it->count = 0;
    }
  }
}

static void boot(void) {
  memset(&store, 0, sizeof store);
  values_init();
}

/* --- What containers do --- */

static void step(void) {
  uint32_t c = random_below(CONTAINERS), k = random_below(KEYS), what = random_below(16);
  struct value value = {.length = what < 10 ? 5 : (int32_t)random_below(LENGTH_MAX + 1)};
  struct expectation *it = &expected[c][k];
  now_us += 1ull << 28;
  if (what == 15) {
    port_store_remove(&containers[c], k);
    value.length = -1;
  } else {
    for (int32_t i = 0; i < value.length; i++) value.bytes[i] = (uint8_t)random_below(256);
    int32_t error = port_store_write(&containers[c], k, STORED_BYTES, value.bytes, (uint32_t)value.length);
    if (error == -ERROR_FULL || error == -ERROR_QUOTA) return;
    if (error != 0) fail("a write fails");
  }
  if (it->count == LATER_MAX) fail("too much waits");
  it->later[it->count++] = value;
  struct value now = stored(c, k);
  if (!is_same(&now, &value)) fail("a write is not seen");
}

/* What happens from the seed on. Returns false if power failed. */
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
    step();
    if (random_below(3) == 0) values_flush(random_below(2) == 0 ? 0 : UINT64_MAX);
    if (store.programmed == store.end) all_certain();
  }
  check_exact();
  return true;
}

static uint32_t cuts;

/* One life from blank flash, cut at `cut`, then one cut at `again`, then one to its end. False if the first was not cut. */
static bool run(uint32_t seed, uint32_t cut, uint32_t again) {
  memset(flash, 0xff, sizeof flash);
  for (uint32_t c = 0; c < CONTAINERS; c++) {
    for (uint32_t k = 0; k < KEYS; k++) expected[c][k] = (struct expectation){.certain.length = -1};
  }
  if (live(seed, STEPS, cut)) return false;
  cuts++;
  boot();
  check_after_cut();
  if (!live(seed + 1, 60, again)) {
    cuts++;
    boot();
    check_after_cut();
  }
  if (!live(seed + 2, 60, NEVER_CUT)) fail("cut?");
  values_flush(UINT64_MAX);
  all_certain();
  boot();
  check_exact();
  return true;
}

/* --- Limits --- */

static int32_t write(uint32_t container, uint32_t key, uint32_t length, uint8_t fill) {
  uint8_t bytes[LENGTH_MAX];
  memset(bytes, fill, sizeof bytes);
  return port_store_write(&containers[container], key, STORED_BYTES, bytes, length);
}

static void start_blank(void) {
  memset(flash, 0xff, sizeof flash);
  cut_at = NEVER_CUT;
  now_us += 1ull << 32; /* a new allowance */
  boot();
}

static void check_limits(void) {
  uint8_t out[LENGTH_MAX];
  start_blank();
  for (uint32_t key = 0; key < KEYS_PER_CONTAINER; key++) expect(write(0, key, 5, 1) == 0, "64 keys fit");
  expect(write(0, 200, 5, 1) == -ERROR_QUOTA, "a 65th key is too many");
  expect(write(0, 63, 5, 2) == 0, "a key that is there can be written");
  expect(write(1, 200, 5, 1) == 0, "another container has its own");
  port_store_remove(&containers[0], 7);
  expect(write(0, 200, 5, 1) == 0, "a removed key makes room");
  expect(port_store_read(&containers[0], 7, STORED_BYTES, out, sizeof out) == -ERROR_NOT_FOUND, "what is removed is gone");
  expect(port_store_read(&containers[0], 8, STORED_BYTES, out, 4) == -ERROR_TOO_SMALL, "a buffer is too small");
  expect(port_store_read(&containers[1], 8, STORED_BYTES, out, 5) == -ERROR_NOT_FOUND, "others' values are not found");

  start_blank();
  uint32_t values = 0;
  while (write(values / 60, values % 60, LENGTH_MAX, 3) == 0) {
    values++;
    values_flush(UINT64_MAX);
  }
  expect(values == LIVE_BYTES_MAX / 76, "full values fill the store");
  expect(write(values / 60, values % 60, LENGTH_MAX, 3) == -ERROR_FULL, "then it is full");
  port_store_remove(&containers[0], 0);
  expect(write(values / 60, values % 60, LENGTH_MAX, 3) == 0, "until something is removed");
  boot();
  expect(port_store_read(&containers[0], 1, STORED_BYTES, out, sizeof out) == LENGTH_MAX, "all is there after a restart");

  start_blank();
  uint32_t numbers = 0;
  while (write(0, 1, 5, (uint8_t)numbers) == 0) {
    numbers++;
    values_flush(0);
  }
  expect(numbers == ALLOWANCE_BYTES / 16, "the allowance is 255 numbers");
  expect(write(0, 1, 5, (uint8_t)(numbers - 1)) == 0, "what is there already costs nothing");
  expect(write(1, 1, 5, 9) == 0, "another container has its own allowance");
  port_store_remove(&containers[0], 1);
  now_us += 1ull << 32;
  expect(write(0, 1, 5, 1) == 0, "it comes back");

  start_blank();
  uint32_t waiting = 0;
  while (write(2, waiting % 64, LENGTH_MAX, (uint8_t)(waiting / 64)) == 0) waiting++;
  port_store_remove(&containers[2], 1);
  expect(port_store_read(&containers[2], 1, STORED_BYTES, out, sizeof out) == -ERROR_NOT_FOUND, "a removal finds room");
}

/* A sector that is full to its last byte, as this firmware does not leave one: what is in it can be removed. */
static void check_full_sector(void) {
  uint8_t out[LENGTH_MAX];
  uint32_t at = SECTORS + sizeof(struct head), owner = installed_name_hash(0), values = 0;
  memset(flash, 0xff, sizeof flash);
  *(struct head *)(void *)(flash + SECTORS) = (struct head){7, ~7u};
  for (uint32_t left; (left = SECTORS + SECTOR_BYTES - at) != 0; values++) {
    uint32_t bytes = left <= 76 ? left : left < 2 * 76 ? left / 2 & ~3u : 76, length = bytes - 14;
    struct record *record = (void *)(flash + at);
    *record = (struct record){.owner = owner, .key = (uint8_t)values, .length = (uint8_t)length, .what = STORED_BYTES};
    seal(record, bytes);
    at += bytes;
  }
  cut_at = NEVER_CUT;
  boot();
  for (uint32_t key = 0; key < values; key++) {
    port_store_remove(&containers[0], key);
    expect(port_store_read(&containers[0], key, STORED_BYTES, out, sizeof out) == -ERROR_NOT_FOUND, "it is removed");
    if (key % 2 == 0) values_flush(UINT64_MAX);
  }
  boot();
  for (uint32_t key = 0; key < values; key++) {
    expect(port_store_read(&containers[0], key, STORED_BYTES, out, sizeof out) == -ERROR_NOT_FOUND, "it is gone for good");
  }
  expect(write(0, 1, 5, 1) == 0, "there is room again");
}

/* The flash refuses one operation: the next flush makes up for it. */
static void check_refusals(void) {
  uint8_t out[LENGTH_MAX];
  for (refused_at = 0; refused_at < 200; refused_at++) {
    start_blank();
    operations = 0;
    for (uint32_t i = 0; i < 112; i++) {
      expect(write(i % 56 / 20, i % 56, 40, (uint8_t)i) == 0, "a write fails");
      values_flush(UINT64_MAX);
    }
    values_flush(UINT64_MAX);
    boot();
    for (uint32_t i = 0; i < 56; i++) {
      expect(port_store_read(&containers[i / 20], i, STORED_BYTES, out, sizeof out) == 40 && out[39] == i + 56, "a refusal loses a value");
    }
  }
  refused_at = NEVER_CUT;
}

int main(int count, char **arguments) {
  for (uint32_t c = 0; c < CONTAINERS; c++) containers[c].index = containers[c].place = (uint8_t)c;
  check_limits();
  check_full_sector();
  check_refusals();
  erasures[0] = erasures[1] = 0;
  if (count == 4) {
    run((uint32_t)atoi(arguments[1]), (uint32_t)strtoul(arguments[2], NULL, 10), (uint32_t)strtoul(arguments[3], NULL, 10));
    return 0;
  }
  for (uint32_t seed = 1; seed <= 4; seed++) {
    for (uint32_t cut = 0;; cut++) {
      fprintf(stderr, "%u %u %u\n", seed, cut, cut % 16);
      if (!run(seed, cut, cut % 16)) break;
    }
  }
  printf("%u cuts, %u and %u erasures\n", cuts, erasures[0], erasures[1]);
  return 0;
}
