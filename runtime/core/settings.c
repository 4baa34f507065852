#include "settings.h"

#include "port.h"

/* A changed setting. */
struct override {
  uint8_t owner;
  uint8_t setting;
  int32_t value;
};

/* Without gaps: removing one moves the last into its place. */
static struct override overrides[OVERRIDES_MAX];
static uint32_t override_count;

static struct override *find(const struct container *self, uint32_t setting) {
  for (uint32_t i = 0; i < override_count; i++) {
    if (overrides[i].owner == self->index && overrides[i].setting == setting) return &overrides[i];
  }
  return NULL;
}

static int32_t value_of(const struct override *override, const struct setting *setting) {
  return override != NULL ? override->value : setting->initial;
}

int32_t settings_value(const struct container *self, uint32_t setting) {
  return value_of(find(self, setting), &description_settings(self->description)[setting]);
}

int32_t settings_change(struct container *self, uint32_t setting, int32_t value) {
  if (setting >= self->description->setting_count) return -ERROR_NOT_FOUND;
  const struct setting *bounds = &description_settings(self->description)[setting];
  if (value < bounds->min || value > bounds->max) return -ERROR_WRONG_TYPE;
  struct override *override = find(self, setting);
  if (value == value_of(override, bounds)) return 0;
  if (override == NULL) {
    if (override_count == OVERRIDES_MAX) return -ERROR_FULL;
    override = &overrides[override_count++];
  }
  *override = (struct override){self->index, (uint8_t)setting, value};
  /* One event a setting is enough: its handler reads the value of that moment. */
  struct binding *binding = binding_find(self, SOURCE_SETTING, 0);
  if (binding == NULL || event_waits(binding, setting)) return 0;
  (void)event_post(binding, (uint8_t)setting, port_now_us());
  return 0;
}

void settings_release(const struct container *self) {
  for (uint32_t i = override_count; i > 0; i--) {
    if (overrides[i - 1].owner == self->index) overrides[i - 1] = overrides[--override_count];
  }
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

bool settings_hand_over(const struct container *self, const struct container *successor) {
  const uint32_t *hashes = description_setting_hashes(self->description);
  uint32_t before = override_count;
  for (uint32_t i = 0; hashes != NULL && i < before; i++) {
    if (overrides[i].owner != self->index) continue;
    int32_t value = overrides[i].value;
    uint32_t setting = find_setting(successor->description, hashes[overrides[i].setting], value);
    if (setting == SETTINGS_MAX) continue;
    if (override_count == OVERRIDES_MAX) {
      override_count = before;
      return false;
    }
    overrides[override_count++] = (struct override){successor->index, (uint8_t)setting, value};
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
