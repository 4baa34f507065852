#include "memory.h"

#include "container.h"
#include "port.h"

bool mem_check(struct container *self, uint32_t offset, uint32_t size_bytes) {
  if (offset <= self->memory_bytes && size_bytes <= self->memory_bytes - offset) return true;
  container_trap(self, TRAP_BAD_POINTER);
  return false;
}

const void *mem_in(struct container *self, uint32_t offset, uint32_t size_bytes) {
  return mem_check(self, offset, size_bytes) ? port_memory_in(self, offset, size_bytes) : NULL;
}

void *mem_out(struct container *self, uint32_t offset, uint32_t size_bytes) {
  return mem_check(self, offset, size_bytes) ? port_memory_out(self, offset, size_bytes) : NULL;
}

void mem_out_done(struct container *self, void *buffer, uint32_t offset, uint32_t size_bytes) {
  port_memory_out_done(self, buffer, offset, size_bytes);
}

const struct need *need_in(struct container *self, uint32_t handle, uint32_t kinds_mask) {
  if (handle < self->description->need_count) {
    const struct need *need = &description_needs(self->description)[handle];
    if ((kinds_mask >> need->kind & 1u) != 0) return need;
  }
  container_trap(self, TRAP_BAD_HANDLE);
  return NULL;
}
