/* Fences of ARMv8-M: a base and a limit (ARMv8-M ARM D1.2.195 and following). */
#include "mpu.h"

#define MPU_MAIR0 (*(volatile uint32_t *)0xE000EDC0u)
#define NORMAL_WRITE_THROUGH 0xaau
#define ENABLE 1u

uint32_t mpu_fence(struct fence *fence, enum mpu_access access, uint32_t base, uint32_t bytes) {
  /* Access permissions in bits 2 and 1, execute never in bit 0. */
  uint32_t rights = access == MPU_EXECUTE ? 3u << 1 : 1u << 1 | 1u;
  fence->base = fence->extent = 0;
  if (bytes == 0) return 0;
  fence->base = base | rights;
  fence->extent = ((base + bytes - 1) & ~31u) | ENABLE;
  return base & 31u;
}

void mpu_start(void) {
  MPU_MAIR0 = NORMAL_WRITE_THROUGH;
  MPU->ctrl = MPU_CTRL_ON;
}
