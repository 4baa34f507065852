/* Pins are words in memory: what is written to them is traced, what comes in is in the harness's plan. */
#include "contract.h"
#include "description.h"
#include "event.h"
#include "gpio.h"
#include "link.h"
#include "mps2.h"
#include "port.h"

#define PINS 32u

static uint32_t levels, watched;
static uint16_t duties[PINS];
static uint32_t inputs_done;

static void put_word(uint32_t word) {
  for (uint32_t i = 0; i < 4; i++, word >>= 8) uart_put(UART1, word & 0xffu);
}

void trace(enum trace_kind kind, uint32_t subject, uint32_t value) {
  put_word((uint32_t)port_now_us());
  put_word(kind);
  put_word(subject);
  put_word(value);
}

static void set_level(uint32_t pin, bool high) {
  levels = (levels & ~(1u << pin)) | (uint32_t)high << pin;
}

bool port_open(const struct need *need) {
  switch (need->kind) {
    case NEED_GPIO_IN:
      if (need->pull == PULL_UP) set_level(need->pins[0], true);
      return need->pins[0] < PINS;
    case NEED_GPIO_OUT:
      set_level(need->pins[0], need->active_low != 0);
      return need->pins[0] < PINS;
    default:
      return true;
  }
}

bool port_pin_read(uint32_t pin) { return (levels >> pin & 1u) != 0; }

void port_pin_write(uint32_t pin, uint32_t high) {
  if (port_pin_read(pin) == high) return;
  set_level(pin, high != 0);
  trace(TRACE_PIN, pin, high);
}

void port_pin_watch(uint32_t pin, bool on) { watched = (watched & ~(1u << pin)) | (uint32_t)on << pin; }

void port_pwm_set_duty(uint32_t pin, uint32_t duty) {
  duties[pin % PINS] = (uint16_t)duty;
  trace(TRACE_DUTY, pin, duty);
}

uint32_t port_pwm_duty(uint32_t pin) { return duties[pin % PINS]; }

void port_pwm_set_frequency(uint32_t pin, uint32_t hertz) { trace(TRACE_HERTZ, pin, hertz); }
uint32_t port_adc_read(uint32_t channel) { return channel * 256; }

uint64_t inputs_next_us(void) {
  return inputs_done < plan()->input_count ? plan()->inputs[inputs_done].time_us : NEVER;
}

void inputs_poll(void) {
  while (inputs_next_us() <= port_now_us()) {
    const struct input *input = &plan()->inputs[inputs_done++];
    bool high = input->value != 0;
    if (input->pin == INPUT_LINK) {
      link_receive((const uint8_t *)plan() + input->value, input->bytes);
    } else if (port_pin_read(input->pin) != high) {
      set_level(input->pin, high);
      if ((watched >> input->pin & 1u) != 0) gpio_pin_changed(input->pin, high, input->time_us);
    }
  }
}

/* Nothing is on any bus. */

int32_t port_i2c_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint8_t *out,
                          uint32_t out_length) {
  (void)device, (void)data, (void)length, (void)out, (void)out_length;
  return -ERROR_NAK_ADDRESS;
}

int32_t port_spi_transfer(const struct need *device, const uint8_t *data, uint32_t length, uint32_t total, uint8_t *out,
                          uint32_t skip) {
  (void)device, (void)data, (void)length;
  for (uint32_t i = skip; i < total; i++) out[i - skip] = 0;
  return 0;
}

int32_t port_uart_write(const struct need *port, const uint8_t *data, uint32_t length) {
  (void)port, (void)data;
  return (int32_t)length;
}

int32_t port_uart_read(const struct need *port, uint8_t *out, uint32_t capacity) {
  (void)port, (void)out, (void)capacity;
  return 0;
}

uint32_t port_uart_waiting(const struct need *port) {
  (void)port;
  return 0;
}
