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
    count += change->source == CHANGED_SETTING;
  }
  return count == OVERRIDES_MAX ? NULL : binding_add(self, CHANGED_SETTING, setting, (uint32_t)value);
}

int32_t settings_value(const struct container *self, uint32_t setting) {
  const struct binding *change = find_change(self, setting);
  return change != NULL ? (int32_t)change->value : description_settings(self->description)[setting].initial;
}

int32_t settings_change(struct container *self, uint32_t setting, int32_t value) {
  if (setting >= self->description->setting_count) return -ERROR_NOT_FOUND;
  const struct setting *bounds = &description_settings(self->description)[setting];
  if (value < bounds->min || value > bounds->max) return -ERROR_WRONG_TYPE;
  if (value == settings_value(self, setting)) return 0;
  struct binding *change = find_change(self, setting);
  if (change == NULL) change = add_change(self, setting, value);
  if (change == NULL) return -ERROR_FULL;
  change->value = (uint32_t)value;
  /* One event a setting is enough: its handler reads the value of that moment. */
  if (change->due_us == NEVER && binding_find(self, SOURCE_SETTING, 0) != NULL) change->due_us = port_now_us();
  return 0;
}

/* The setting of that hash whose bounds allow the value, or SETTINGS_MAX. */
static uint32_t find_setting(const struct description *self, uint32_t hash, int32_t value) {
  const struct setting *settings = description_settings(self);
  const uint32_t *hashes = description_setting_hashes(self);
  for (uint32_t i = 0; hashes != NULL && i < self->setting_count; i++) {
    if (hashes[i] == hash && value >= settings[i].min && value <= settings[i].max) return i;
  }
  return SETTINGS_MAX;
}

bool settings_hand_over(const struct container *self, struct container *successor) {
  const uint32_t *hashes = description_setting_hashes(self->description);
  for (const struct binding *change = bindings; hashes != NULL && change->owner != NULL; change++) {
    if (change->owner != self || change->source != CHANGED_SETTING) continue;
    int32_t value = (int32_t)change->value;
    uint32_t setting = find_setting(successor->description, hashes[change->subject], value);
    if (setting != SETTINGS_MAX && add_change(successor, setting, value) == NULL) return false;
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
