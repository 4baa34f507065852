#include "settings.h"

#include "port.h"

/* The value that the owner has given to a setting, or NULL. */
static struct binding *find_change(const struct container *self, uint32_t setting) {
  return binding_find(self, CHANGED_SETTING, setting);
}

/* Another one; NULL if there is no room. */
static struct binding *add_change(struct container *self, uint32_t setting, int32_t value) {
  uint32_t count = 0;
  for (const struct binding *change = bindings; change->owner != NULL; change++) {
    count += change->source % ASLEEP == CHANGED_SETTING;
  }
  return count == OVERRIDES_MAX ? NULL : binding_add(self, CHANGED_SETTING, setting, (uint32_t)value);
}

static int32_t value_of(const struct binding *change, const struct setting *setting) {
  return change != NULL ? (int32_t)change->value : setting->initial;
}

int32_t settings_value(const struct container *self, uint32_t setting) {
  return value_of(find_change(self, setting), &description_settings(self->description)[setting]);
}

int32_t settings_change(struct container *self, uint32_t setting, int32_t value) {
  if (setting >= self->description->setting_count) return -ERROR_NOT_FOUND;
  const struct setting *bounds = &description_settings(self->description)[setting];
  if (value < bounds->min || value > bounds->max) return -ERROR_WRONG_TYPE;
  struct binding *change = find_change(self, setting);
  if (value == value_of(change, bounds)) return 0;
  if (change == NULL) change = add_change(self, setting, value);
  if (change == NULL) return -ERROR_FULL;
  change->value = (uint32_t)value;
  /* One event a setting is enough: its handler reads the value of that moment. */
  if (change->due_us == NEVER && binding_find(self, SOURCE_SETTING, 0) != NULL) change->due_us = port_now_us();
  return 0;
}

/* Gives the setting of that hash this value, if there is one whose bounds allow it. False if there is no room. */
static bool inherit(struct container *self, uint32_t hash, int32_t value) {
  const struct setting *setting = description_settings(self->description);
  const uint32_t *hashes = description_setting_hashes(self->description);
  for (uint32_t i = 0; hashes != NULL && i < self->description->setting_count; i++, setting++) {
    if (hashes[i] == hash && value >= setting->min && value <= setting->max) return add_change(self, i, value) != NULL;
  }
  return true;
}

bool settings_hand_over(const struct container *self, struct container *successor) {
  const uint32_t *hashes = description_setting_hashes(self->description);
  for (const struct binding *change = bindings; hashes != NULL && change->owner != NULL; change++) {
    if (change->owner != self || change->source != CHANGED_SETTING) continue;
    if (!inherit(successor, hashes[change->subject], (int32_t)change->value)) return false;
  }
  return true;
}

int32_t settings_get(struct container *self, uint32_t setting) {
  if (setting >= self->description->setting_count) {
    container_trap(self, TRAP_BAD_ARGUMENT);
    return 0;
  }
  return settings_value(self, setting);
}

void settings_watch(struct container *self, uint32_t handler) {
  (void)binding_claim(self, SOURCE_SETTING, 0, handler);
}
