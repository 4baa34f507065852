/* What is installed: a journal in flash names the slots, and which version of each app was kept last. */
#ifndef THIMBLE_INSTALLED_H
#define THIMBLE_INSTALLED_H

#include "container.h"

/* Loads of every container that the journal names the version that was kept last, or, where its bytes are not what the journal says, the first
   one, each in its place of `containers`. What cannot be loaded leaves its place empty. Returns how many places there are. */
uint32_t installed_load(void);

/* Replaces the container, which runs in its place, by another version, counted from 0. 0, or a negated error and nothing has changed:
   NOT_FOUND if there is no such version, else that of native_load or swap_begin. Precondition: no container is running. */
CONTRACT_CHECKED int32_t installed_swap(struct container *self, uint32_t version);

/* CRC of the name of the app in a place. */
uint32_t installed_name_hash(uint32_t place);

#endif
