#include "buses.h"

#include "bus-registers.h"
#include "contract.h"
#include "drivers.h"

/* Whose pins are whose (1.4.3): the two low bits of a pin's number, or one, are its role; another bit is the unit, once `add` is
   added. */
static const struct bus {
  uint16_t hertz_min;
  uint8_t gate, gate_bits, reset; /* numbers of bits, those of unit 0 */
  uint8_t function;
  uint8_t count, roles; /* of pins: two bits each, the first lowest */
  uint8_t unit_shift, role_mask, add;
} buses[] = {
  /* SDA, SCL. Counts of 16 bits reach lower, but no transaction is to take as long as the watchdog waits. */
  {5000, 6, 1, 3, FUNCTION_I2C, 2, 0 | 1 << 2, 1, 1, 0},
  /* SCK, TX, RX. The prescaler goes to 128 here, the divider to 256. */
  {4000, 24, 2, 16, FUNCTION_SPI, 3, 2 | 3 << 2 | 0 << 4, 3, 3, 0},
  /* TX, RX. The divider has 16 bits. */
  {120, 6, 2, 22, FUNCTION_UART, 2, 0 | 1 << 2, 3, 3, 4},
};
_Static_assert(GATE0_I2C0 == 1u << 6 && GATE0_SPI0 == 3u << 24 && GATE1_UART0 == 3u << 6, "the table says so too");

bool bus_open(const struct need *need) {
  const struct bus *bus = &buses[need->kind - NEED_I2C];
  uint32_t unit = need->unit, mask = 1u << bus->unit_shift | bus->role_mask;
  for (uint32_t i = 0; i < bus->count; i++) {
    uint32_t pin = need->pins[i], role = (uint32_t)bus->roles >> 2 * i & 3;
    if (((pin + bus->add) & mask) != (unit << bus->unit_shift | role)) return false;
    if (!pins_select(pin, bus->function, PAD_DIGITAL | PAD_PULL_UP)) return false;
  }
  clocks_open(1u << bus->reset << unit, need->kind == NEED_UART,
              ((1u << bus->gate_bits) - 1) << (bus->gate + unit * bus->gate_bits));
  return need->hertz >= bus->hertz_min;
}
