/* The state of an app: the one object that moves into its next version. */
#ifndef THIMBLE_STATE_H
#define THIMBLE_STATE_H

#include "container.h"

/* Whose state moves into a container that says where its own lies, NULL at first. Set while a successor starts. */
void state_move_from(struct container *predecessor);

#endif
