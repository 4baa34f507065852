/** The parts of dispatch.c that are the same for every contract. */

export const types = `/* What to check of one function, one word: */
#define NEEDS(kinds) (kinds)                   /* bit k: the handle in word 0 may name a need of kind k; none: there is no handle */
#define NARROW (1u << 10)                      /* it returns a word */
#define WIDE (1u << 11)                        /* or two */
#define LISTS(position) ((position) << 12)     /* in list_forms */
#define RANGES(positions) ((positions) << 16)  /* in ranges, four bits a word of the call, the lowest for word 0 */

#define NEEDS_OF(signature) ((signature) & 0x3ffu)
#define IS_PLAIN(signature) ((signature) >> 10 == 0) /* nothing to check but the handle, and no result */
#define LISTS_OF(signature) ((signature) >> 12 & 15u)
#define RANGES_OF(signature) ((signature) >> 16)

/* A range, one word: the first value, and how many follow it. */
#define RANGE(first, rest) ((rest) << 5 | (first))

/* What lists a call has, half a word: */
#define MAX(elements) ((elements) / 4u)        /* of each */
#define POINTER_WORD(word) ((word) << 9)       /* where the first pointer is; behind the pointers is the word of the lengths */
#define HAS_LIST (1u << 11)                    /* one that the function reads */
#define HAS_OUT (1u << 12)                     /* one that it returns */
#define IS_TEXT_BIT 13
#define IS_KEPT (1u << 14)                     /* the list is not copied: the core uses the container's own */
#define IS_FALLIBLE (1u << 15)                 /* a list that is too long is an error, not the end */

/* The words of a call after its checks: a handle is the address of the need, an offset that of the bytes. So they are
   where the functions of the core, which have the same order, want them. Few have a fourth. */
#define CALL struct container *self, uint32_t a, uint32_t b, uint32_t c, const uint32_t *words
#define POINTER(word) ((void *)(uintptr_t)(word))
#define WORD(pointer) ((uint32_t)(uintptr_t)(pointer))

struct function {
  uint32_t signature;
  union {
    void (*none)(CALL);
    uint32_t (*narrow)(CALL);
    uint64_t (*wide)(CALL);
  } invoke;
};
`;

/** `wide` is left out by the caller where no function takes 64 bits. */
export const wide = `static uint64_t wide(uint32_t low, uint32_t high) {
  return low | (uint64_t)high << 32;
}
`;

export const checks = `static void set_wide(uint32_t words[4], uint64_t value) {
  words[0] = (uint32_t)value;
  words[1] = (uint32_t)(value >> 32);
}

static bool check_values(struct container *self, uint32_t rest, const uint32_t *words) {
  for (; rest != 0; rest >>= 4, words++) {
    const uint32_t range = ranges[rest & 15u];
    if (range != 0 && *words - range % 32u > range / 32u) {
      container_trap(self, TRAP_BAD_ARGUMENT);
      return false;
    }
  }
  return true;
}

static bool check_lists(struct container *self, uint32_t signature, uint32_t words[4]) {
  const uint32_t form = list_forms[LISTS_OF(signature)];
  const uint32_t max = form % (1u << 9) * 4u;
  uint32_t *pointer = &words[form >> 9 & 3u];
  if ((form & HAS_LIST) != 0) {
    const uint32_t is_text = form >> IS_TEXT_BIT & 1u;
    const uint32_t offset = *pointer++;
    const uint32_t length = (form & HAS_OUT) != 0 ? pointer[1] & 0xffffu : *pointer;
    if (length > max) {
      if ((form & IS_FALLIBLE) == 0) container_trap(self, TRAP_BAD_ARGUMENT);
      words[0] = (uint32_t)-ERROR_TOO_LARGE;
      return false;
    }
    if ((offset & is_text) != 0) {
      container_trap(self, TRAP_BAD_POINTER);
      return false;
    }
    if (!mem_check(self, offset, length << is_text)) return false;
    if ((form & IS_KEPT) == 0) pointer[-1] = WORD(port_memory_in(self, offset, length << is_text));
  }
  if ((form & HAS_OUT) != 0) {
    const uint32_t shift = (form & HAS_LIST) != 0 ? 16 : 0;
    uint32_t capacity = pointer[1] >> shift;
    if (capacity > max) {
      pointer[1] -= (capacity - max) << shift;
      capacity = max;
    }
    if (!mem_check(self, *pointer, capacity)) return false;
    *pointer = WORD(port_memory_out(self, *pointer, capacity));
  }
  return true;
}
`;

export const entry = `/* Of a call with values that have a range, lists or a result. Apart, so that others are fast. */
static __attribute__((noinline)) void call_checked(struct container *self, const struct function *function,
                                                   uint32_t words[4]) {
  const uint32_t signature = function->signature;
  if (!check_values(self, RANGES_OF(signature), words) || !check_lists(self, signature, words)) return;
  const uint32_t a = words[0], b = words[1], c = words[2];
  /* Read again: no register is left to keep it in. */
  if ((function->signature & WIDE) != 0) {
    set_wide(words, function->invoke.wide(self, a, b, c, words));
  } else if ((function->signature & NARROW) != 0) {
    words[0] = function->invoke.narrow(self, a, b, c, words);
  } else {
    function->invoke.none(self, a, b, c, words);
  }
  if ((list_forms[LISTS_OF(signature)] & HAS_OUT) == 0) return;
  const bool has_failed = (words[0] >> 31) != 0;
  port_memory_out_done(self, has_failed ? 0 : words[0]);
}

void contract_call(struct container *self, uint32_t number, uint32_t words[4]) {
  /* A container may not call before its start. */
  if (number >= CONTRACT_FUNCTION_COUNT || self->state != CONTAINER_RUNNING) {
    container_trap(self, TRAP_UNKNOWN_CALL);
    return;
  }
  const struct function *function = &functions[number];
  __asm__("" : "+r"(function)); /* gcc would find it anew each time */
  const uint32_t signature = function->signature;
  uint32_t first = words[0];
  if (NEEDS_OF(signature) != 0) {
    const struct need *need = need_in(self, first, signature);
    if (need == NULL) return;
    first = WORD(need);
  }
  if (IS_PLAIN(signature)) {
    function->invoke.none(self, first, words[1], words[2], words);
    return;
  }
  words[0] = first;
  call_checked(self, function, words);
}
`;
