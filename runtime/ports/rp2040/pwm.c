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

void port_pwm_set_duty(uint32_t pin, uint32_t duty) {
  struct pwm_slice *slice = slice_of(pin);
  uint32_t period = slice->top + 1;
  uint32_t shift = pin % 2 * 16;
  duties[pin % 16] = (uint16_t)duty;
  /* Counts of the period, rounded: x / 65535 is (x + x / 65536 + 1) / 65536. All of the period is always high. */
  uint32_t product = duty * period + 32767u;
  uint32_t counts = (product + (product >> 16) + 1) >> 16;
  slice->cc = (slice->cc & 0xffff0000u >> shift) | counts << shift;
}

void port_pwm_set_frequency(uint32_t pin, uint32_t hertz) {
  struct pwm_slice *slice = slice_of(pin);
  uint32_t divider = CLOCK_HZ / hertz / PERIOD_MAX + 1;
  uint32_t step = divider * hertz;
  slice->div = divider << 4;
  slice->top = (CLOCK_HZ + step / 2) / step - 1;
  port_pwm_set_duty(pin, duties[pin % 16]);
  port_pwm_set_duty(pin ^ 1, duties[(pin ^ 1) % 16]);
}

bool pwm_open(const struct need *need) {
  uint32_t pin = need->pins[0];
  if (pin >= PIN_COUNT) return false;
  clocks_open(RESET_PWM, GATE0_PWM, 0);
  port_pwm_set_duty(pin, 0);
  port_pwm_set_frequency(pin, HERTZ_AT_START);
  slice_of(pin)->csr = PWM_CSR_ENABLE;
  return pins_select(pin, FUNCTION_PWM, PAD_DIGITAL);
}
