/* Analog values: PWM outputs and ADC inputs. */
#include "container.h"
#include "port.h"

void pwm_set_duty(struct container *self, const struct need *pin, uint32_t duty) {
  (void)self;
  port_pwm_set_duty(pin->pins[0], duty);
}

void pwm_set_frequency(struct container *self, const struct need *pin, uint32_t hertz) {
  (void)self;
  port_pwm_set_frequency(pin->pins[0], hertz);
}

/* 12 bits are spread over 16 so that both ends are reached: 4095 becomes 65535. */
uint32_t adc_read(struct container *self, const struct need *pin) {
  (void)self;
  uint32_t sample = port_adc_read(pin->unit) & 0xFFFu;
  return sample << 4 | sample >> 8;
}
