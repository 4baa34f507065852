/** The parts of dispatch.c that are the same for every contract. */

export const types = `/* What to check of one function, one word: */
#define NEEDS(kinds) (kinds)                     /* bit k: the handle in word 0 may name a need of kind k; none: there is no handle */
#define RANGES(position) ((position) << 12)      /* in ranges */
#define LIST_MAX(position) ((position) << 16)    /* in maxima, elements; none: there is no list */
#define OUT_MAX(position) ((position) << 20)     /* in maxima, bytes; none: there is no returned list */
#define POINTER_WORD(word) ((uint32_t)(word) << 24) /* where the pointer is, of both lists the first; behind the pointers is the word of the lengths */
#define LIST_IS_TEXT(is_text) ((uint32_t)(is_text) << 26)
#define IS_FALLIBLE (1u << 27)
#define IS_KEPT (1u << 28)                       /* the list is not copied: the core uses the container's own */

#define NEEDS_OF(signature) ((signature) & 0xfffu)
#define CHECKS_OF(signature) ((signature) >> 12 & 0xfffu) /* 0 for most */
#define RANGES_OF(signature) ((signature) >> 12 & 15u)
#define LIST_MAX_OF(signature) ((signature) >> 16 & 15u)
#define OUT_MAX_OF(signature) ((signature) >> 20 & 15u)
#define POINTER_WORD_OF(signature) ((signature) >> 24 & 3u)
#define LIST_IS_TEXT_OF(signature) ((signature) >> 26 & 1u)

/* What the arguments of one call stand for. */
struct call {
  const struct need *need;
  const void *list;
  uint32_t list_length; /* elements */
  void *out;
  uint32_t out_offset;
  uint32_t capacity;
};
`;

/** `wide` is left out by the caller where no function takes 64 bits. */
export const wide = `static uint64_t wide(const uint32_t words[2]) {
  return words[0] | (uint64_t)words[1] << 32;
}
`;

export const checks = `static void set_wide(uint32_t words[4], uint64_t value) {
  words[0] = (uint32_t)value;
  words[1] = (uint32_t)(value >> 32);
}

static bool check_values(struct container *self, uint32_t rest, const uint32_t *words) {
  for (; rest != 0; rest >>= 4, words++) {
    const uint32_t range = rest & 15u;
    if (range != 0 && *words - range_first[range] > range_rest[range]) {
      container_trap(self, TRAP_BAD_ARGUMENT);
      return false;
    }
  }
  return true;
}

static bool check_lists(struct container *self, uint32_t signature, uint32_t words[4], struct call *call) {
  const uint32_t list_max = maxima[LIST_MAX_OF(signature)];
  const uint32_t out_max = maxima[OUT_MAX_OF(signature)];
  const uint32_t *pointer = &words[POINTER_WORD_OF(signature)];
  uint32_t length = pointer[1];
  uint32_t capacity = length;
  if (list_max != 0 && out_max != 0) {
    length = pointer[2] & 0xffffu;
    capacity = pointer[2] >> 16;
  }
  if (list_max != 0) {
    const uint32_t is_text = LIST_IS_TEXT_OF(signature);
    const uint32_t offset = *pointer++;
    if (length > list_max) {
      if ((signature & IS_FALLIBLE) == 0) container_trap(self, TRAP_BAD_ARGUMENT);
      set_wide(words, (uint64_t)-ERROR_TOO_LARGE); /* a narrow result is the low word */
      return false;
    }
    if ((offset & is_text) != 0) {
      container_trap(self, TRAP_BAD_POINTER);
      return false;
    }
    if (!mem_check(self, offset, length << is_text)) return false;
    if ((signature & IS_KEPT) == 0) call->list = port_memory_in(self, offset, length << is_text);
    call->list_length = length;
  }
  if (out_max != 0) {
    call->capacity = capacity < out_max ? capacity : out_max;
    call->out_offset = *pointer;
    if (!mem_check(self, call->out_offset, call->capacity)) return false;
    call->out = port_memory_out(self, call->out_offset, call->capacity);
  }
  return true;
}
`;

export const entry = `/* Of a call with values that have a range, or with lists. Apart, so that others are fast. */
static __attribute__((noinline)) bool check_arguments(struct container *self, uint32_t signature, uint32_t words[4],
                                                      struct call *call) {
  return check_values(self, ranges[RANGES_OF(signature)], words) && check_lists(self, signature, words, call);
}

void contract_call(struct container *self, uint32_t number, uint32_t words[4]) {
  /* A container may not call before its start. */
  if (number >= CONTRACT_FUNCTION_COUNT || self->state != CONTAINER_RUNNING) {
    container_trap(self, TRAP_UNKNOWN_CALL);
    return;
  }
  const uint32_t signature = signatures[number];
  struct call call;
  if (NEEDS_OF(signature) != 0) {
    call.need = need_in(self, words[0], signature);
    if (call.need == NULL) return;
  }
  if (CHECKS_OF(signature) != 0 && !check_arguments(self, signature, words, &call)) return;
  invokers[number](self, words, &call);
  if (OUT_MAX_OF(signature) == 0) return;
  const bool has_failed = (words[0] >> 31) != 0;
  port_memory_out_done(self, call.out, call.out_offset, has_failed ? 0 : words[0]);
}
`;
