/* RAM for containers: the linear memory of each, and what the kernel keeps of it. What is taken is what containers[] say: there are no
   headers, so a container finds nothing of the kernel's, and to give something back is to forget where it ends. */
#ifndef THIMBLE_ARENA_H
#define THIMBLE_ARENA_H

#include "container.h"

/* Takes the lowest place for so many bytes and what the MPU's fence of them takes in behind them. False if there is no room. */
bool arena_take(struct area *self, uint32_t bytes) __attribute__((warn_unused_result));

#endif
