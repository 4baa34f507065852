/** The parts of dispatch.c that are the same for every contract. */

export const types = `/* What to check of one function, one word: */
#define NEEDS(kinds) (kinds)                     /* bit k: the handle in word 0 may name a need of kind k; none: there is no handle */
#define RANGES(position) ((position) << 12)      /* in ranges */
#define LIST_MAX(position) ((position) << 16)    /* in maxima, elements; none: there is no list */
#define OUT_MAX(position) ((position) << 20)     /* in maxima, bytes; none: there is no returned list */
#define LIST_WORD(word) ((uint32_t)(word) << 24) /* where the pointer is; its length is the next word, or the low half of the last */
#define OUT_WORD(word) ((uint32_t)(word) << 26)  /* where the pointer is; its capacity is the next word, with a list its high half */
#define LIST_IS_TEXT (1u << 28)
#define IS_FALLIBLE (1u << 29)
#define IS_WIDE (1u << 30) /* the result has two words */

#define NEEDS_OF(signature) ((signature) & 0xfffu)
#define CHECKS_OF(signature) ((signature) >> 12 & 0xfffu) /* 0 for most */
#define RANGES_OF(signature) ((signature) >> 12 & 15u)
#define LIST_MAX_OF(signature) ((signature) >> 16 & 15u)
#define OUT_MAX_OF(signature) ((signature) >> 20 & 15u)
#define LIST_WORD_OF(signature) ((signature) >> 24 & 3u)
#define OUT_WORD_OF(signature) ((signature) >> 26 & 3u)

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
    if (range != 0 && *words > range_last[range]) {
      container_trap(self, TRAP_BAD_ARGUMENT);
      return false;
    }
  }
  return true;
}

static bool check_list(struct container *self, uint32_t signature, uint32_t words[4], struct call *call) {
  const uint32_t *list = &words[LIST_WORD_OF(signature)];
  const bool is_packed = OUT_MAX_OF(signature) != 0;
  const uint32_t length = is_packed ? words[OUT_WORD_OF(signature) + 1u] & 0xffffu : list[1];
  const uint32_t offset = list[0];
  const bool is_text = (signature & LIST_IS_TEXT) != 0;
  if (length > maxima[LIST_MAX_OF(signature)]) {
    if ((signature & IS_FALLIBLE) == 0) {
      container_trap(self, TRAP_BAD_ARGUMENT);
    } else {
      words[0] = (uint32_t)-ERROR_TOO_LARGE;
      if ((signature & IS_WIDE) != 0) words[1] = UINT32_MAX;
    }
    return false;
  }
  if (is_text && (offset & 1u) != 0) {
    container_trap(self, TRAP_BAD_POINTER);
    return false;
  }
  call->list = mem_in(self, offset, length << is_text);
  call->list_length = length;
  return call->list != NULL;
}

static bool check_out(struct container *self, uint32_t signature, const uint32_t words[4], struct call *call) {
  const uint32_t *out = &words[OUT_WORD_OF(signature)];
  const uint32_t capacity = LIST_MAX_OF(signature) != 0 ? out[1] >> 16 : out[1];
  const uint32_t max = maxima[OUT_MAX_OF(signature)];
  call->capacity = capacity < max ? capacity : max;
  call->out_offset = out[0];
  call->out = mem_out(self, call->out_offset, call->capacity);
  return call->out != NULL;
}
`;

export const entry = `/* A call with values that have a range, or with lists. Apart, so that others are fast. */
static __attribute__((noinline)) void call_checked(struct container *self, uint32_t number, uint32_t words[4],
                                                   struct call *call) {
  const uint32_t signature = signatures[number];
  const bool has_out = OUT_MAX_OF(signature) != 0;
  if (!check_values(self, ranges[RANGES_OF(signature)], words)) return;
  if (LIST_MAX_OF(signature) != 0 && !check_list(self, signature, words, call)) return;
  if (has_out && !check_out(self, signature, words, call)) return;
  invokers[number](self, words, call);
  if (!has_out) return;
  const bool has_failed = (words[0] >> 31) != 0;
  mem_out_done(self, call->out, call->out_offset, has_failed ? 0 : words[0]);
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
  if (CHECKS_OF(signature) == 0) {
    invokers[number](self, words, &call);
  } else {
    call_checked(self, number, words, &call);
  }
}
`;
