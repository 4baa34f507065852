/* What a container may use of the pools at once, set aside when it is loaded: by its needs, its settings and the
   number of its handlers, so that an idle container with a timer holds one binding and no event. */
#ifndef THIMBLE_CREDIT_H
#define THIMBLE_CREDIT_H

#include "container.h"

/* Sets the container's credit aside for as long as it is not EMPTY: 0, or -ERROR_FULL if a pool does not have it.
   Preconditions: it is described and EMPTY. */
int32_t credit_reserve(struct container *self) __attribute__((warn_unused_result));

#endif
