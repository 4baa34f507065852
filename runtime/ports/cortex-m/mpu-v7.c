/* Fences of ARMv6-M and ARMv7-M: an aligned power of two in eight parts, of which some are off (ARMv6-M ARM B3.5). */
#include "mpu.h"

#define ENABLE 1u
#define CACHEABLE (1u << 17) /* write-through, as flash and internal RAM are */

bool mpu_fence(struct fence *fence, enum mpu_access access, uint32_t base, uint32_t bytes) {
  /* Access permissions and execute never. */
  static const uint32_t rights[] = {[MPU_EXECUTE] = 6u << 24, [MPU_WRITE] = 3u << 24 | 1u << 28};
  fence->base = fence->extent = 0;
  if (bytes == 0) return true;
  uint32_t last = base + bytes - 1;
  uint32_t log2 = 8;
  while ((base ^ last) >> log2 != 0) log2++;
  uint32_t part = log2 - 3;
  uint32_t off = (1u << (base >> part & 7u)) - 1 + (0x1feu << (last >> part & 7u)); /* before and behind */
  fence->base = base >> log2 << log2;
  fence->extent = rights[access] | CACHEABLE | (off & 0xffu) << 8 | (log2 - 1) << 1 | ENABLE;
  return base >> part << part == base;
}

void mpu_start(void) { MPU->ctrl = MPU_CTRL_ON; }
