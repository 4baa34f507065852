/**
 * Cycles of a host call on a Pico, its exception both ways included, by interface and function: measured on the emulated one by test/native/host-cycles.ts. Medians where
 * the work depends on the arguments; of bus transfers the least, for their time on the bus comes on top.
 */
export const hostCallCycles: Readonly<Record<string, number>> = {
  "gpio.read": 190,
  "gpio.write": 183,
  "gpio.toggle": 213,
  "gpio.watch": 541,
  "pwm.set-duty": 535,
  "pwm.set-frequency": 533,
  "adc.read": 445,
  "i2c.read": 952,
  "i2c.write": 952,
  "i2c.read-registers": 920,
  "i2c.write-register": 854,
  "spi.write": 1141,
  "spi.write-read": 1141,
  "uart.write": 801,
  "clock.millis": 368,
  "timer.every": 520,
  "timer.after": 560,
  "timer.cancel": 285,
  "message.publish": 3270,
  "message.publish-number": 2420,
  "message.put-number": 192,
  "message.send": 5458,
  "message.subscribe": 550,
  "message.read": 411,
  "message.read-number": 799,
  "settings.get": 196,
  "settings.watch": 312,
  "log.write": 2143,
  "log.number": 2618,
  "store.get-number": 780,
  "store.set-number": 1480,
  "random.next": 219,
  "state.bind": 329,
  "lifecycle.confirm": 195,
};

/** Of those that were not measured: what a call takes that does hardly more than look something up. */
export const plainCallCycles = 195;
