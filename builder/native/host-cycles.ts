/**
 * Cycles of a host call on a Pico, its exception both ways included, by interface and function: measured on the emulated one by test/native/host-cycles.ts. Medians where
 * the work depends on the arguments; of bus transfers the least, for their time on the bus comes on top.
 */
export const hostCallCycles: Readonly<Record<string, number>> = {
  "gpio.read": 190,
  "gpio.write": 156,
  "gpio.toggle": 190,
  "gpio.watch": 541,
  "pwm.set-duty": 531,
  "pwm.set-frequency": 530,
  "adc.read": 493,
  "i2c.read": 902,
  "i2c.write": 902,
  "i2c.read-registers": 888,
  "i2c.write-register": 854,
  "spi.write": 1100,
  "spi.write-read": 1100,
  "uart.write": 790,
  "clock.millis": 422,
  "timer.every": 471,
  "timer.after": 610,
  "timer.cancel": 362,
  "message.publish": 3080,
  "message.publish-number": 2520,
  "message.put-number": 192,
  "message.send": 5458,
  "message.subscribe": 550,
  "message.read": 384,
  "message.read-number": 479,
  "settings.get": 341,
  "settings.watch": 315,
  "log.write": 1966,
  "log.number": 2285,
  "store.get-number": 419,
  "store.set-number": 1022,
  "random.next": 279,
  "state.bind": 329,
  "lifecycle.confirm": 195,
};

/** Of those that were not measured: what a call takes that does hardly more than look something up. */
export const plainCallCycles = 195;
