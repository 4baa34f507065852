/* native.c and arena.c on the host, with an arena at an address of the chip's: containers come and go as swaps make them. Prints a line of figures, or what broke. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "native.c"

#define ARENA ((uint8_t *)0x20008100)
#define ARENA_BYTES 180000u
#define SWAPS 20000u
#define GLOBALS_MAX 40u

struct container containers[CONTAINERS_MAX];
struct sandbox sandbox;
_Alignas(4096) uint8_t sandbox_stack[STACK_BYTES];

/* Where the MPU can fence them. */
static struct slot {
  _Alignas(256) struct payload payload;
} slots[CONTAINERS_MAX];
static struct description descriptions[CONTAINERS_MAX];
/* What fills its memory and its globals. */
static uint8_t marks[CONTAINERS_MAX];
static struct container *in_place[CONTAINERS_MAX];
static uint32_t random_state = 1;

static uint32_t random_below(uint32_t bound) {
  random_state = random_state * 1664525u + 1013904223u;
  return (random_state >> 8) % bound;
}

static void fail(const char *what) {
  printf("%s\n", what);
  exit(1);
}

/* --- The rest of the kernel --- */

bool payload_check(const struct payload *self, uint32_t size, uint32_t memory_bytes) {
  (void)memory_bytes;
  return self->bytes == size;
}

int32_t container_load(struct container *self, const uint8_t *description, uint32_t size, const struct container *predecessor) {
  (void)size;
  self->description = (const struct description *)(const void *)description;
  self->index = (uint8_t)(self - containers);
  self->place = predecessor == NULL ? self->index : predecessor->place;
  self->state = CONTAINER_RUNNING;
  return 0;
}

struct container *swap_running(uint32_t place) { return in_place[place]; }
bool swap_on_trial(const struct container *self) { return self == NULL; }
void payload_parts(const struct payload *self, struct parts *parts) { (void)self, (void)parts; }
uint32_t sandbox_enter(uint32_t address, int32_t value) { return address + (uint32_t)value; }
void chip_note(uint32_t word) { (void)word; }
uint32_t port_reset_reason(void) { return RESET_REASON_POWER_ON; }
const struct policy *description_policy(const struct description *self) { return (const struct policy *)(const void *)self; }
void clear(void *from, void *to) { (void)from, (void)to; }
void link_started(const struct container *self) { (void)self; }
void link_ended(const struct container *self, uint32_t code_offset) { (void)self, (void)code_offset; }

/* --- What comes and goes --- */

extern uint8_t arena_start[], arena_end[];

static uint32_t fenced(uint32_t bytes) {
  uint32_t block = 256;
  while (block < bytes) block *= 2;
  return (bytes + block / 8 - 1) / (block / 8) * (block / 8);
}

static struct container *load(struct container *predecessor, uint32_t memory_bytes, uint32_t globals) {
  uint32_t index = 0;
  while (containers[index].state != CONTAINER_EMPTY) index++;
  struct container *self = &containers[index];
  slots[index].payload = (struct payload){.global_words = (uint16_t)globals, .stack_words = 16};
  descriptions[index].memory_bytes = memory_bytes;
  int32_t error = native_load(self, &slots[index].payload, 0, &descriptions[index], sizeof(struct description), predecessor);
  if (error == -ERROR_FULL) return NULL;
  if (error != 0) fail("the MPU cannot fence a place");
  marks[index] = (uint8_t)random_below(256);
  memset(self->memory.begin, marks[index], memory_bytes);
  memset(native_of(self)->globals, marks[index], 4 * globals);
  return self;
}

static void release(struct container *self) {
  self->state = CONTAINER_EMPTY;
  port_container_released(self);
}

/* Each has what it had, all of it within the arena; so nothing overlaps. */
static void check_all(void) {
  for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
    const struct container *self = &containers[i];
    if (self->state == CONTAINER_EMPTY) continue;
    const uint8_t *globals = (const uint8_t *)native_of(self)->globals;
    const uint8_t *end = globals + 4 * slots[i].payload.global_words;
    if (self->memory.begin < arena_start || self->memory.begin + fenced(self->memory_bytes) > arena_end) fail("memory outside of the arena");
    if (self->record.begin < arena_start || end > arena_end || native_of(self)->payload != &slots[i].payload) fail("a record is lost");
    for (uint32_t k = 0; k < self->memory_bytes; k++) {
      if (self->memory.begin[k] != marks[i]) fail("memory of a container has changed");
    }
    for (; globals < end; globals++) {
      if (*globals != marks[i]) fail("a global of a container has changed");
    }
    struct fence fence;
    if (mpu_fence(&fence, MPU_WRITE, (uint32_t)(uintptr_t)self->memory.begin, self->memory_bytes) != 0) fail("memory cannot be fenced");
    if (memcmp(&fence, &native_of(self)->fences[FENCE_MEMORY], sizeof fence) != 0) fail("the fence stands elsewhere");
  }
}

static uint32_t random_memory(void) {
  uint32_t kind = random_below(8);
  return kind == 0 ? 0 : fenced(1 + random_below(kind < 6 ? 1200 : 9000));
}

/* As many as there is room for, beside one more of the largest. */
static uint32_t fill(uint32_t sizes[], uint32_t globals[]) {
  uint32_t count = 0, largest = 0;
  for (; count < CONTAINERS_MAX - 5; count++) {
    sizes[count] = random_memory();
    globals[count] = random_below(GLOBALS_MAX + 1);
    in_place[count] = load(NULL, sizes[count], globals[count]);
    if (in_place[count] == NULL) break;
    if (sizes[count] > largest) largest = sizes[count];
  }
  struct container *spare;
  while ((spare = load(NULL, largest, GLOBALS_MAX)) == NULL) {
    struct container *last = in_place[--count];
    in_place[count] = NULL;
    release(last);
  }
  spare->place = CONTAINERS_MAX - 1; /* nobody's */
  release(spare);
  return count;
}

/* A version of a random app is loaded beside it, and one of the two goes. False if there is no room. */
static bool swap(uint32_t place, uint32_t memory_bytes, uint32_t globals) {
  struct container *old = in_place[place];
  sandbox.self = random_below(2) == 0 ? old : NULL;
  sandbox.instance = (uint32_t *)(void *)sandbox_stack;
  memset(sandbox_stack, marks[old->index], sizeof sandbox_stack);
  struct container *successor = load(old, memory_bytes, globals);
  if (successor == NULL) return false;
  bool is_kept = random_below(3) != 0;
  if (is_kept) in_place[place] = successor;
  release(is_kept ? old : successor);
  return true;
}

int main(void) {
  if (mmap(ARENA - 0x100, ARENA_BYTES + 0x1000, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) fail("no memory there");
  uint32_t sizes[CONTAINERS_MAX], globals[CONTAINERS_MAX], least = CONTAINERS_MAX, swaps = 0, refused = 0;
  for (uint32_t round = 0; round < 10; round++) {
    uint32_t count = fill(sizes, globals);
    if (count < least) least = count;
    /* Versions of the same size always find room. */
    for (uint32_t i = 0; i < SWAPS / 10; i++, swaps++) {
      uint32_t place = random_below(count);
      if (!swap(place, sizes[place], globals[place])) fail("there is no room any more for a version of the same size");
      if (i % 50 == 0) check_all();
    }
    /* Others do or do not, and harm nobody. */
    for (uint32_t i = 0; i < SWAPS / 10; i++, swaps++) {
      refused += !swap(random_below(count), random_memory(), random_below(GLOBALS_MAX + 1));
      if (i % 50 == 0) check_all();
    }
    check_all();
    while (count > 0) {
      struct container *last = in_place[--count];
      in_place[count] = NULL;
      release(last);
    }
  }
  printf("%u swaps of at least %u containers, %u versions of other sizes refused\n", swaps, least, refused);
  return 0;
}
