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
