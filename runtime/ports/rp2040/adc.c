/* The ADC: one conversion at a time, 96 periods of 48 MHz. */
#include "drivers.h"

/* Inputs 0 to 3 are those of GP26 to GP29. */
#define ADC_PIN_FIRST 26u

static void wait_until_ready(struct adc *adc) {
  while (!(adc->cs & ADC_CS_READY)) {
  }
}

bool adc_open(uint32_t input) {
  clocks_open(RESET_ADC, 0, GATE0_ADC);
  struct adc *adc = ADC;
  adc->cs = ADC_CS_ENABLE;
  /* Only then is it ready for a first conversion. */
  wait_until_ready(adc);
  /* Neither the input buffer nor a pull may load the pin (4.9.2). There is no GP30. */
  return pins_select(ADC_PIN_FIRST + input, FUNCTION_NONE, PAD_OUTPUT_DISABLE);
}

uint32_t port_adc_read(uint32_t channel) {
  struct adc *adc = ADC;
  adc->cs = channel << ADC_CS_INPUT_SHIFT | ADC_CS_START_ONCE | ADC_CS_ENABLE;
  wait_until_ready(adc);
  return adc->result & 0xfffu;
}
