#include "memory.h"

#include "container.h"

bool mem_check(struct container *self, uint32_t offset, uint32_t size_bytes) {
  if (offset <= self->memory_bytes && size_bytes <= self->memory_bytes - offset) return true;
  container_trap(self, TRAP_BAD_POINTER);
  return false;
}

const struct need *need_in(struct container *self, uint32_t handle, uint32_t kinds_mask) {
  if (handle < self->description->need_count) {
    const struct need *need = &description_needs(self->description)[handle];
    if ((kinds_mask >> need->kind & 1u) != 0) return need;
  }
  container_trap(self, TRAP_BAD_HANDLE);
  return NULL;
}
