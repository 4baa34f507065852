/* The simulated Pico under the core: port.h over the imports of the wasm32 build. */
#include "port.h"

#include "container.h"
#include "contract.h"
#include "imports.h"

#define PIN_COUNT 30u
#define BUS_COUNT 2u
#define ADC_COUNT 3u
#define PWM_HERTZ_INITIAL 1000u

struct pwm {
  uint32_t hertz, duty;
};

static struct pwm pwms[PIN_COUNT];
/* Bit = pin. An output reads as what was last written to it. */
static uint32_t output_pins, output_levels, watched_pins;

uint64_t port_now_us(void) { return (uint64_t)sim_now_us(); }

int64_t port_wall_ms(void) { return (int64_t)sim_wall_ms(); }

static void set_level(uint32_t pin, bool high) {
  output_levels = high ? output_levels | 1u << pin : output_levels & ~(1u << pin);
}

static bool open_input(const struct need *need) {
  output_pins &= ~(1u << need->pins[0]);
  sim_configure_input(need->pins[0], need->pull);
  return true;
}

static bool open_output(const struct need *need) {
  uint32_t pin = need->pins[0];
  output_pins |= 1u << pin;
  set_level(pin, need->active_low != 0);
  sim_configure_output(pin, need->active_low);
  return true;
}

static bool open_pwm(const struct need *need) {
  pwms[need->pins[0]] = (struct pwm){PWM_HERTZ_INITIAL, 0};
  sim_pwm_set(need->pins[0], PWM_HERTZ_INITIAL, 0);
  return true;
}

static bool has_pins(const struct need *need) {
  for (uint32_t i = 0; i < sizeof need->pins; i++) {
    if (need->pins[i] >= PIN_COUNT) return false;
  }
  return true;
}

bool port_open(const struct need *need) {
  if (!has_pins(need)) return false;
  switch (need->kind) {
    case NEED_GPIO_IN:
      return open_input(need);
    case NEED_GPIO_OUT:
      return open_output(need);
    case NEED_PWM:
      return open_pwm(need);
    case NEED_ADC:
      return need->unit < ADC_COUNT;
    case NEED_I2C:
    case NEED_SPI:
    case NEED_UART:
      return need->unit < BUS_COUNT;
    default:
      return true;
  }
}

bool port_pin_read(uint32_t pin) {
  if ((output_pins >> pin & 1u) != 0) return (output_levels >> pin & 1u) != 0;
  return sim_pin_read(pin) != 0;
}

void port_pin_write(uint32_t pin, uint32_t high) {
  set_level(pin, high != 0);
  sim_pin_write(pin, high);
}

void port_pin_watch(uint32_t pin, bool on) {
  watched_pins = on ? watched_pins | 1u << pin : watched_pins & ~(1u << pin);
}

bool sim_is_watched(uint32_t pin) { return pin < PIN_COUNT && (watched_pins >> pin & 1u) != 0; }

void port_pwm_set_duty(uint32_t pin, uint32_t duty) {
  pwms[pin].duty = duty;
  sim_pwm_set(pin, pwms[pin].hertz, duty);
}

uint32_t port_pwm_duty(uint32_t pin) { return pwms[pin].duty; }

void port_pwm_set_frequency(uint32_t pin, uint32_t hertz) {
  pwms[pin].hertz = hertz;
  sim_pwm_set(pin, hertz, pwms[pin].duty);
}

uint32_t port_adc_read(uint32_t channel) { return sim_adc_read(channel); }

int32_t port_i2c_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint8_t *out,
                          uint32_t out_length) {
  return sim_i2c_transfer(device->unit, device->hertz, device->address, data, length, out, out_length);
}

int32_t port_spi_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint32_t total,
                          uint8_t *out, uint32_t skip) {
  sim_spi_transfer(device->unit, device->hertz, device->pins[3], data, length, total, out, skip);
  return 0;
}

int32_t port_uart_write(const struct need *port, const uint8_t *data, uint32_t length) {
  sim_uart_write(port->unit, data, length);
  return (int32_t)length;
}

int32_t port_uart_read(const struct need *port, uint8_t *out, uint32_t capacity) {
  return (int32_t)sim_uart_read(port->unit, out, capacity);
}

uint32_t port_uart_waiting(const struct need *port) { return sim_uart_waiting(port->unit); }

bool port_message_send(const struct container *self, const uint8_t *topic, uint32_t topic_length,
                       const uint8_t *payload, uint32_t length) {
  return sim_message_send(self->index, topic, topic_length, payload, length) != 0;
}

bool port_log(const struct container *self, uint32_t level, const uint8_t *text, uint32_t length) {
  return sim_log(self->index, level, text, length) != 0;
}

/* The host stores bytes: in front of the value it gets what that is. */
#define STORED_BYTES_MAX (1u + STORE_BYTES_MAX)

int32_t port_store_read(const struct container *self, uint32_t key, enum stored what, void *out, uint32_t capacity) {
  uint8_t stored[STORED_BYTES_MAX];
  int32_t length = sim_store_read(self->index, key, stored, sizeof stored);
  if (length < 0) return length;
  if (length == 0 || stored[0] != what) return -ERROR_WRONG_TYPE;
  uint32_t bytes = (uint32_t)length - 1u;
  if (bytes > capacity) return -ERROR_TOO_SMALL;
  __builtin_memcpy(out, stored + 1, bytes);
  return (int32_t)bytes;
}

int32_t port_store_write(const struct container *self, uint32_t key, enum stored what, const void *data, uint32_t length) {
  uint8_t stored[STORED_BYTES_MAX];
  stored[0] = (uint8_t)what;
  __builtin_memcpy(stored + 1, data, length);
  return sim_store_write(self->index, key, stored, 1u + length);
}

void port_store_remove(const struct container *self, uint32_t key) { sim_store_remove(self->index, key); }

uint32_t port_random_seed(void) { return sim_random_seed(); }

void port_device_id(uint8_t out[8]) { sim_device_id(out); }

uint32_t port_reset_reason(void) { return RESET_REASON_POWER_ON; }

/* The first microsecond in which each container may be called for its next event. */
static double ready_us[CONTAINERS_MAX];

bool port_is_ready(const struct container *self) { return ready_us[self->index] <= sim_now_us(); }

uint32_t port_container_entries(const struct container *self) { return sim_container_entries(self->index); }

uint32_t port_container_instantiate(struct container *self) { return sim_container_instantiate(self->index); }

uint32_t port_container_call(struct container *self, uint32_t entry, int32_t value) {
  if (entry != START_ENTRY) ready_us[self->index] = sim_now_us() + 1;
  return sim_container_call(self->index, entry, value);
}

void port_container_ended(struct container *self) { sim_container_ended(self->index, self->trap); }

void port_container_released(struct container *self) { sim_container_released(self->index); }

void port_swapped(struct container *self, struct container *other, uint32_t outcome) {
  sim_swapped(self->index, other->index, outcome);
}

/* The other side of a list's copy: one buffer a direction, aligned for UTF-16. */
static uint32_t list_in[LIST_BYTES_MAX / 4u], list_out[LIST_BYTES_MAX / 4u];
static uint32_t list_out_offset;

const void *port_memory_in(struct container *self, uint32_t offset, uint32_t size_bytes) {
  sim_memory_read(self->index, offset, (uint8_t *)list_in, size_bytes);
  return list_in;
}

void *port_memory_out(struct container *self, uint32_t offset, uint32_t size_bytes) {
  (void)self, (void)size_bytes;
  list_out_offset = offset;
  return list_out;
}

void port_memory_out_done(struct container *self, uint32_t size_bytes) {
  sim_memory_write(self->index, list_out_offset, (const uint8_t *)list_out, size_bytes);
}
