/* The RP2040 as the kernel sees it. */
#include "bus-registers.h"
#include "buses.h"
#include "contract.h"
#include "drivers.h"

const uint32_t chip_ticks_per_ms = CLOCK_HZ / 1000;

void chip_init(void) {
  clocks_init();
  watchdog_init();
  usb_init();
  TIMER->inte = 1u << 0;
  interrupts_enable();
}

void chip_poll(void) {
  pins_poll();
  usb_poll();
}

bool port_open(const struct need *need) {
  uint32_t kind = need->kind;
  if (kind > NEED_UART) return true;
  if (kind <= NEED_GPIO_OUT) return pins_open(need->pins[0], need->active_low, kind == NEED_GPIO_OUT, need->pull);
  if (kind == NEED_PWM) return pwm_open(need->pins[0]);
  if (kind == NEED_ADC) return adc_open(need->unit);
  if (!bus_open(need)) return false;
  if (kind == NEED_SPI) return pins_open(need->pins[3], 1, 1, PULL_NONE); /* the select line */
  if (kind == NEED_UART) return uart_open(need);
  return true;
}

/* From interrupt 0 on. */
__attribute__((section(".vectors.chip"), used)) static void (*const vectors[])(void) = {
  [IRQ_TIMER_0] = wake_interrupt,
  [IRQ_USB] = usb_interrupt,
  [IRQ_IO_BANK0] = pins_interrupt,
  [18] = wake_interrupt,
  [19] = wake_interrupt,
  [20] = uart_interrupt,
  [21] = uart_interrupt,
  [23] = wake_interrupt,
  [24] = wake_interrupt,
};
