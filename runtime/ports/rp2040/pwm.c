/* PWM. Pins 2n and 2n + 1, and those 16 above them, are outputs A and B of one slice, which has one frequency: what was
   set last, by either pin, counts for both, and each keeps its own duty.

   The frequency is 125 MHz / (divider * period), with whole dividers, which do not jitter: the lowest one with which the period has
   at most 65,535 counts. Up to 11 kHz the nearest whole number of hertz is the one asked for; above, where 125 MHz is a
   multiple of it. The duty is rounded to a count of the period. */
#include "drivers.h"

#define PERIOD_MAX 65535u
#define HERTZ_AT_START 1000u

/* Of a slice: the duties of its outputs A and B, its frequency. */
enum { HERTZ = 2, SETTINGS = 4 };
static uint32_t settings[8][SETTINGS];

/* Counts of the period that are high, rounded: x / 65535 is (x + x / 65536 + 1) / 65536. All of them is always high. */
static uint32_t counts(uint32_t duty, uint32_t period) {
  uint32_t product = duty * period + 32767u;
  return (product + (product >> 16) + 1) >> 16;
}

/* Any of them sets all registers anew: two divisions, 1.5 us, for a duty that would need none, but one way for all. */
static void set(uint32_t pin, uint32_t which, uint32_t value) {
  uint32_t position = pin / 2 % 8;
  uint32_t *self = settings[position];
  struct pwm_slice *slice = &PWM->slice[position];
  self[which] = value;
  uint32_t divider = CLOCK_HZ / PERIOD_MAX / self[HERTZ] + 1;
  uint32_t step = divider * self[HERTZ];
  uint32_t period = (CLOCK_HZ + step / 2) / step;
  slice->div = divider << 4;
  slice->top = period - 1;
  slice->cc = counts(self[0], period) | counts(self[1], period) << 16;
  slice->csr = PWM_CSR_ENABLE;
}

void port_pwm_set_duty(uint32_t pin, uint32_t duty) { set(pin, pin % 2, duty); }

uint32_t port_pwm_duty(uint32_t pin) { return settings[pin / 2 % 8][pin % 2]; }

void port_pwm_set_frequency(uint32_t pin, uint32_t hertz) { set(pin, HERTZ, hertz); }

bool pwm_open(uint32_t pin) {
  clocks_open(RESET_PWM, 0, GATE0_PWM);
  port_pwm_set_frequency(pin, HERTZ_AT_START);
  port_pwm_set_duty(pin, 0);
  return pins_select(pin, FUNCTION_PWM, PAD_DIGITAL);
}
