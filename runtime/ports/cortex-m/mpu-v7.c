/* Fences of ARMv6-M and ARMv7-M: an aligned power of two in eight parts, of which some are off (ARMv6-M ARM B3.5). */
#include "mpu.h"

#define ENABLE 1u
#define CACHEABLE (1u << 17) /* write-through, as flash and internal RAM are */

uint32_t mpu_fence(struct fence *fence, enum mpu_access access, uint32_t base, uint32_t bytes) {
  uint32_t last = base + bytes - 1, log2 = 8;
  while ((base ^ last) >> log2 != 0) log2++;
  uint32_t part = log2 - 3, block = base >> log2 << log2;
  uint32_t on = (2u << ((last - block) >> part)) - (1u << ((base - block) >> part)); /* of 0 bytes none */
  fence->base = block;
  fence->extent = (uint32_t)access << 24 | CACHEABLE | (on ^ 0xffu) << 8 | ((log2 - 1) * 2 + ENABLE);
  return base - (base >> part << part);
}

void mpu_start(void) { MPU->ctrl = MPU_CTRL_ON; }
