/* What a container may touch. The MPU knows four regions; all else is the kernel's alone. */
#ifndef THIMBLE_MPU_H
#define THIMBLE_MPU_H

#include <stdbool.h>
#include <stdint.h>

enum mpu_region { MPU_HELPERS, MPU_STACK, MPU_CODE, MPU_MEMORY };

/* As ARMv6-M and v7-M have it: access permissions, and bit 4 for execute never. */
enum mpu_access {
  MPU_EXECUTE = 6,       /* read and execute */
  MPU_WRITE = 3 | 1 << 4 /* read and write */
};

/* The two register words of a region; zeros are no region. */
struct fence {
  uint32_t base, extent;
};

/* The fence around [base, base + bytes), rounded up at its end; 0 bytes are no region. Rounded up and aligned to:
     ARMv6-M, v7-M: an eighth of the least power of two from 256 on whose aligned blocks hold the range,
     ARMv8-M: 32 bytes.
   The bytes by which base is not so aligned: these are inside, too. */
uint32_t mpu_fence(struct fence *fence, enum mpu_access access, uint32_t base, uint32_t bytes) __attribute__((warn_unused_result));

/* On, with no region. */
void mpu_start(void);

/* Both kinds of MPU have these at the same place: ARMv6-M ARM B3.5, ARMv8-M ARM D1.2. */
struct mpu {
  uint32_t type, ctrl, rnr, rbar;
  uint32_t extent; /* RASR or RLAR */
};
#define MPU ((volatile struct mpu *)0xE000ED90u)

/* Enabled, with the background map for privileged code. */
#define MPU_CTRL_ON 5u

/* Puts a fence in place of what the region (enum mpu_region) was. */
static inline void mpu_set(uint32_t region, const struct fence *fence) {
  MPU->rnr = region;
  MPU->extent = 0; /* never a new base with an old size */
  MPU->rbar = fence->base;
  MPU->extent = fence->extent;
}

#endif
