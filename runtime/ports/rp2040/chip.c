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
  static bool (*const openers[])(const struct need *) = {
    [NEED_GPIO_IN] = pins_open, [NEED_GPIO_OUT] = pins_open, [NEED_PWM] = pwm_open,   [NEED_ADC] = adc_open,
    [NEED_I2C] = bus_open,      [NEED_SPI] = spi_open,       [NEED_UART] = uart_open,
  };
  return need->kind > NEED_UART || openers[need->kind](need);
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
