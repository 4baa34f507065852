#include "native.h"

#include "arena.h"
#include "chip.h"
#include "link.h"
#include "port.h"
#include "sandbox.h"
#include "swap.h"
#include "words.h"

/* The instance block, SPEC.md section 5: where the stack may go to, the size of memory, words of results, then the globals. */
enum { INSTANCE_STACK_LIMIT, INSTANCE_MEMORY_BYTES, INSTANCE_GLOBALS = 20 };

/* Below what compiled code checks or states: the frames of a helper and of an exception. */
#define STACK_RESERVE_BYTES 160u
/* The stack is fenced by eighths. */
#define STACK_GRANULE_BYTES (STACK_BYTES / 8)

/* An odd address: the code there is Thumb. */
#define THUMB 1u

#define FIRST_FENCE MPU_STACK
enum { FENCE_STACK, FENCE_CODE, FENCE_MEMORY };

uint32_t native_noted;

/* How what runs in a place has ended last: failures in a row and the trap. In a section that no start clears, for the life after a reset
   by the watchdog: that must not begin anew what has failed too often, whoever was the cause of it. */
static struct {
  uint8_t failures, trap;
} ends[CONTAINERS_MAX] __attribute__((section(".kept")));

/* --- The stack and whose it is --- */

static uint32_t *instance_of(const struct payload *payload) {
  uint32_t bytes = 4u * (INSTANCE_GLOBALS + payload->global_words);
  return (uint32_t *)(((uint32_t)sandbox_stack + STACK_BYTES - bytes) & ~7u);
}

static void copy_words(uint32_t *to, const uint32_t *from, uint32_t count) { __builtin_memcpy(to, from, 4 * count); }

/* The stack is nobody's: what its owner has on it and needs again is put by. */
static void leave_stack(void) {
  const struct container *self = sandbox.self;
  if (self == NULL) return;
  struct native *native = native_of(self);
  copy_words(native->globals, sandbox.instance + INSTANCE_GLOBALS, native->payload->global_words);
  sandbox.self = NULL;
}

/* The stack changes hands: nothing of the last owner is left on it, and the next one's fences stand. */
static void take_stack(struct container *self) {
  if (sandbox.self == self) return;
  leave_stack();
  struct native *native = native_of(self);
  const struct payload *payload = native->payload;
  payload_parts(payload, &sandbox.parts);
  sandbox.self = self;
  sandbox.memory = self->memory.begin;
  sandbox.instance = instance_of(payload);
  sandbox.stack = native->stack;
  sandbox.frame_span = (uint32_t)sandbox.instance - sandbox.stack - 4 * FRAME_WORDS;
  clear((void *)sandbox.stack, sandbox_stack + STACK_BYTES);
  sandbox.instance[INSTANCE_STACK_LIMIT] = sandbox.stack + STACK_RESERVE_BYTES;
  sandbox.instance[INSTANCE_MEMORY_BYTES] = self->memory_bytes;
  copy_words(sandbox.instance + INSTANCE_GLOBALS, native->globals, payload->global_words);
  for (uint32_t i = 0; i < FENCES; i++) mpu_set(FIRST_FENCE + i, &native->fences[i]);
}

/* --- Loading --- */

static void fence_memory(const struct container *self) {
  (void)mpu_fence(&native_of(self)->fences[FENCE_MEMORY], MPU_WRITE, (uint32_t)self->memory.begin, self->memory_bytes);
}

/* Sets aside what the container takes of RAM. */
static int32_t set_aside(struct container *self, const struct payload *payload) {
  uint32_t record_bytes = sizeof(struct native) + 4u * payload->global_words;
  if (!arena_take(&self->memory, self->memory_bytes) || !arena_take(&self->record, record_bytes)) return -ERROR_FULL;
  struct native *native = native_of(self);
  native->payload = payload;
  uint32_t bottom = (uint32_t)sandbox_stack, low = (uint32_t)instance_of(payload) - STACK_RESERVE_BYTES;
  if (payload->stack_words != STACK_UNKNOWN) low -= 4u * payload->stack_words;
  if (low < bottom) return -ERROR_TOO_LARGE;
  if (payload->stack_words == STACK_UNKNOWN) low = bottom;
  native->stack = low & -STACK_GRANULE_BYTES;
  (void)mpu_fence(&native->fences[FENCE_STACK], MPU_WRITE, native->stack, bottom + STACK_BYTES - native->stack);
  fence_memory(self);
  uint32_t outside = mpu_fence(&native->fences[FENCE_CODE], MPU_EXECUTE, (uint32_t)payload, payload->bytes);
  return outside == 0 ? 0 : -ERROR_WRONG_TYPE;
}

/* Gives back what was set aside. */
static void give_back(struct container *self) { self->memory.end = self->record.end = NULL; }

static void move_down(struct area *area) {
  const struct area old = *area;
  uint32_t bytes = (uint32_t)(old.end - old.begin);
  area->end = NULL;
  (void)arena_take(area, bytes); /* where it is there is room */
  __builtin_memcpy(area->begin, old.begin, bytes);
}

/* Moves a container as far down as there is room: so swaps do not scatter what is free, and a version that is as large as the one before
   it comes to lie where that was. */
static void settle(struct container *self) {
  move_down(&self->memory);
  move_down(&self->record);
  fence_memory(self);
}

/* Inside of kernel_main there would be too few registers for it. */
__attribute__((noinline)) int32_t native_load(struct container *self, const struct payload *payload,
                                              uint32_t payload_bytes, const struct description *description,
                                              uint32_t description_bytes, const struct container *predecessor) {
  if (description_bytes < sizeof *description) return -ERROR_WRONG_TYPE;
  self->memory_bytes = description->memory_bytes;
  if (!payload_check(payload, payload_bytes, self->memory_bytes)) return -ERROR_WRONG_TYPE;
  int32_t error = set_aside(self, payload);
  if (error == 0) error = container_load(self, (const uint8_t *)description, description_bytes, predecessor);
  if (error < 0) give_back(self);
  return error;
}

/* --- What the core asks for --- */

bool port_is_ready(const struct container *self) {
  (void)self;
  return true; /* time passes */
}

uint32_t port_container_entries(const struct container *self) { return native_of(self)->payload->entry_count; }

const uint8_t *link_name(const struct container *self) {
  struct parts parts;
  payload_parts(native_of(self)->payload, &parts);
  return parts.names + 1;
}

/* An event begins, and the stack is the container's. */
static const struct payload *begin(struct container *self) {
  take_stack(self);
  sandbox.stopped_at = NOWHERE;
  return native_of(self)->payload;
}

/* Calls a function of the owner of the stack. */
static uint32_t run(uint32_t offset, int32_t value) {
  const struct container *self = sandbox.self;
  chip_note((swap_on_trial(self) ? NOTED_ON_TRIAL : 0) | (uint32_t)self->failures << NOTED_FAILURES_SHIFT | (self->place + 1u));
  uint32_t trap = sandbox_enter((uint32_t)sandbox.parts.code + offset + THUMB, value);
  chip_note(0);
  return trap;
}

void native_note(uint32_t noted) {
  native_noted = noted;
  if (port_reset_reason() != RESET_REASON_WATCHDOG) __builtin_memset(ends, 0, sizeof ends);
}

/* What a container that is started for the first time in this life has brought upon itself in the last one. */
static uint32_t last_end(struct container *self) {
  uint32_t place = self->place;
  self->failures = ends[place].failures;
  if ((uint16_t)native_noted == place + 1u) {
    /* The device had to be reset in a call of it: that counts as an end of it, too. */
    self->failures = (uint8_t)(native_noted >> NOTED_FAILURES_SHIFT);
    return TRAP_TIME_BUDGET;
  }
  if (self->failures <= description_policy(self->description)->restarts) return TRAP_NONE;
  self->failures--; /* it was parked, and is once more: that is no further end */
  return ends[place].trap;
}

uint32_t port_container_instantiate(struct container *self) {
  if (sandbox.self == self) sandbox.self = NULL;
  const struct payload *payload = begin(self);
  const struct parts *parts = &sandbox.parts;
  if (self->state == CONTAINER_LOADED && !swap_on_trial(self)) {
    uint32_t trap = last_end(self);
    if (trap != TRAP_NONE) return trap;
  }
  ends[self->place].failures = self->failures;
  clear(self->memory.begin, self->memory.begin + self->memory_bytes);
  for (const struct segment *at = parts->data; (const uint8_t *)at < parts->names; at = segment_after(at)) {
    __builtin_memcpy(self->memory.begin + at->address, at->words, at->bytes);
  }
  copy_words(sandbox.instance + INSTANCE_GLOBALS, parts->globals, payload->global_words);
  if (self->failures != 0) link_started(self); /* the first start is no news: names are told when the host asks */
  if ((payload->roots & ROOT_START) == 0) return TRAP_NONE;
  return run(parts->roots[0], 0);
}

uint32_t port_container_call(struct container *self, uint32_t entry, int32_t value) {
  const struct payload *payload = begin(self);
  const uint32_t *entries = sandbox.parts.entries;
  if (entry >= payload->entry_count || entries[entry] == NO_ENTRY) return TRAP_BAD_INDIRECT_CALL;
  uint32_t trap = run(entries[entry], value);
  return trap == TRAP_NONE && (payload->roots & ROOT_COLLECT) != 0 ? run(entries[-1], 0) : trap;
}

void port_container_ended(struct container *self) {
  if (self->state != CONTAINER_RUNNING) { /* else it was on trial, and is not what goes on in its place */
    ends[self->place].failures = self->failures;
    ends[self->place].trap = self->trap;
  }
  uint32_t offset = sandbox.stopped_at - (uint32_t)sandbox.parts.code;
  link_ended(self, sandbox.self == self && offset < sandbox.parts.code_bytes ? offset : LINK_NONE);
}

/* What runs in its place takes the room that it leaves. */
void port_container_released(struct container *self) {
  leave_stack();
  give_back(self);
  struct container *other = swap_running(self->place);
  if (other != NULL) settle(other);
}

const void *port_memory_in(struct container *self, uint32_t offset, uint32_t size_bytes) {
  (void)size_bytes;
  return self->memory.begin + offset;
}

void *port_memory_out(struct container *self, uint32_t offset, uint32_t size_bytes) {
  (void)size_bytes;
  return self->memory.begin + offset;
}

void port_memory_out_done(struct container *self, uint32_t size_bytes) {
  (void)self, (void)size_bytes;
}
