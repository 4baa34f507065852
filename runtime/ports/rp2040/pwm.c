/* PWM. Pins 2n and 2n + 1, and those 16 above them, are outputs A and B of one slice, which has one frequency: what was
   set last, by either pin, counts for both, and each keeps its own duty.

   The frequency is 125 MHz / (divider * period), with whole dividers, which do not jitter: the lowest one with which the period has
   at most 65,535 counts. Up to 11 kHz the nearest whole number of hertz is the one asked for; above, where 125 MHz is a
   multiple of it. The duty is rounded to a count of the period. */
#include "drivers.h"

#define PERIOD_MAX 65535u
#define HERTZ_AT_START 1000u

/* By output: A and B of slice n are 2n and 2n + 1. */
static uint16_t duties[16];

static struct pwm_slice *slice_of(uint32_t pin) { return &PWM->slice[pin / 2 % 8]; }

/* Counts of the period that are high, rounded: x / 65535 is (x + x / 65536 + 1) / 65536. All of them is always high. */
static uint32_t counts(uint32_t duty, uint32_t period) {
  uint32_t product = duty * period + 32767u;
  return (product + (product >> 16) + 1) >> 16;
}

static void compare(uint32_t pin) {
  struct pwm_slice *slice = slice_of(pin);
  const uint16_t *duty = &duties[pin & 14];
  uint32_t period = slice->top + 1;
  slice->cc = counts(duty[0], period) | counts(duty[1], period) << 16;
}

void port_pwm_set_duty(uint32_t pin, uint32_t duty) {
  duties[pin & 15] = (uint16_t)duty;
  compare(pin);
}

uint32_t port_pwm_duty(uint32_t pin) { return duties[pin & 15]; }

void port_pwm_set_frequency(uint32_t pin, uint32_t hertz) {
  struct pwm_slice *slice = slice_of(pin);
  uint32_t divider = CLOCK_HZ / PERIOD_MAX / hertz + 1;
  uint32_t step = divider * hertz;
  slice->div = divider << 4;
  slice->top = (CLOCK_HZ + step / 2) / step - 1;
  slice->csr = PWM_CSR_ENABLE;
  compare(pin);
}

bool pwm_open(const struct need *need) {
  uint32_t pin = need->pins[0];
  clocks_open(RESET_PWM, 0, GATE0_PWM);
  duties[pin & 15] = 0;
  port_pwm_set_frequency(pin, HERTZ_AT_START);
  return pins_select(pin, FUNCTION_PWM, PAD_DIGITAL);
}
