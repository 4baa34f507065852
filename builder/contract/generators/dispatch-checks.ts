/** The parts of dispatch.c that are the same for every contract. */

export const types = `/* What to check of one function: one word of flash. */
struct signature {
  uint32_t need_kinds : 12; /* bit k: the handle in word 0 may name a need of kind k; 0: there is no handle */
  uint32_t ranges : 4;      /* a position in ranges */
  uint32_t list_max : 4;    /* a position in maxima, elements; 0: there is no list */
  uint32_t out_max : 4;     /* a position in maxima, bytes; 0: there is no returned list */
  uint32_t list_word : 2;   /* where the pointer is; its length is the next word, or the low half of the last */
  uint32_t out_word : 2;    /* where the pointer is; its capacity is the next word, with a list its high half */
  uint32_t list_is_text : 1;
  uint32_t is_fallible : 1;
  uint32_t result_words : 2;
};

_Static_assert(sizeof(struct signature) == 4, "one word");

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

export const checks = `static void set_wide(uint32_t result[2], uint64_t value) {
  result[0] = (uint32_t)value;
  result[1] = (uint32_t)(value >> 32);
}

static bool check_values(struct container *self, const struct signature *signature, const uint32_t args[4]) {
  for (uint32_t rest = ranges[signature->ranges]; rest != 0; rest >>= 4, args++) {
    const uint32_t range = rest & 15u;
    if (range != 0 && *args > range_last[range]) {
      container_trap(self, TRAP_BAD_ARGUMENT);
      return false;
    }
  }
  return true;
}

static bool check_list(struct container *self, const struct signature *signature, const uint32_t args[4],
                       struct call *call, uint32_t result[2]) {
  const uint32_t offset = args[signature->list_word];
  const bool is_packed = signature->out_max != 0;
  const uint32_t length = is_packed ? args[signature->out_word + 1u] & 0xffffu : args[signature->list_word + 1u];
  if (length > maxima[signature->list_max]) {
    if (signature->is_fallible) {
      set_wide(result, (uint64_t)-(int64_t)ERROR_TOO_LARGE);
    } else {
      container_trap(self, TRAP_BAD_ARGUMENT);
    }
    return false;
  }
  if (signature->list_is_text && (offset & 1u) != 0) {
    container_trap(self, TRAP_BAD_POINTER);
    return false;
  }
  call->list = mem_in(self, offset, length << signature->list_is_text);
  call->list_length = length;
  return call->list != NULL;
}

static bool check_out(struct container *self, const struct signature *signature, const uint32_t args[4],
                      struct call *call) {
  const uint32_t word = args[signature->out_word + 1u];
  const uint32_t capacity = signature->list_max != 0 ? word >> 16 : word;
  const uint32_t max = maxima[signature->out_max];
  call->capacity = capacity < max ? capacity : max;
  call->out_offset = args[signature->out_word];
  call->out = mem_out(self, call->out_offset, call->capacity);
  return call->out != NULL;
}
`;

export const entry = `uint32_t contract_call(struct container *self, uint32_t number, const uint32_t args[4], uint32_t result[2]) {
  /* A container may not call before its start. */
  if (number >= CONTRACT_FUNCTION_COUNT || self->state != CONTAINER_RUNNING) {
    container_trap(self, TRAP_UNKNOWN_CALL);
    return 0;
  }
  const struct signature *signature = &signatures[number];
  const uint32_t result_words = signature->result_words;
  struct call call;
  if (signature->need_kinds != 0) {
    call.need = need_in(self, args[0], signature->need_kinds);
    if (call.need == NULL) return 0;
  }
  if (signature->ranges != 0 && !check_values(self, signature, args)) return 0;
  if (signature->list_max != 0 && !check_list(self, signature, args, &call, result)) return result_words;
  if (signature->out_max == 0) {
    invokers[number](self, args, &call, result);
    return result_words;
  }
  if (!check_out(self, signature, args, &call)) return 0;
  invokers[number](self, args, &call, result);
  const bool has_failed = (result[0] >> 31) != 0;
  mem_out_done(self, call.out, call.out_offset, has_failed ? 0 : result[0]);
  return result_words;
}
`;
