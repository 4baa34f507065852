/* Settings: their initial values are in the description, what the owner has changed is kept here. */
#ifndef THIMBLE_SETTINGS_H
#define THIMBLE_SETTINGS_H

#include "event.h"

/* The value of the setting. Precondition: the container is loaded and has this setting. */
int32_t settings_value(const struct container *self, uint32_t setting);

/* Changes a setting for the owner of the device; if the value is another one, an event follows. 0, or
   -ERROR_NOT_FOUND if there is no such setting, -ERROR_WRONG_TYPE if the value is outside its range,
   -ERROR_FULL if no more changes can be held. */
int32_t settings_change(struct container *self, uint32_t setting, int32_t value) __attribute__((warn_unused_result));

/* The successor of a container gets what its owner has changed, where a setting has the same name and form and its bounds allow
   the value. False if there is no room for all of them. */
bool settings_hand_over(const struct container *self, struct container *successor) __attribute__((warn_unused_result));

#endif
