#include "buses.h"

#include "bus-registers.h"
#include "contract.h"
#include "drivers.h"

/* Whose pins are whose (1.4.3): the two low bits of a pin's number, or one, are its role; another bit is the unit, once `add` is
   added. */
static const struct bus {
  uint16_t hertz_min;
  uint8_t word, gate, gate_bits, reset; /* numbers of bits, those of unit 0 */
  uint8_t function;
  uint8_t count, roles; /* of pins: two bits each, the first lowest */
  uint8_t unit_shift, mask, add;
} buses[] = {
  /* SDA, SCL. Counts of 16 bits reach lower, but no transaction is to take as long as the watchdog waits. */
  {5000, 0, 6, 1, 3, FUNCTION_I2C, 2, 0 | 1 << 2, 1, 3, 0},
  /* SCK, TX, RX. The prescaler goes to 128 here, the divider to 256. */
  {4000, 0, 24, 2, 16, FUNCTION_SPI, 3, 2 | 3 << 2 | 0 << 4, 3, 8 | 3, 0},
  /* TX, RX. The divider has 16 bits. */
  {120, 1, 6, 2, 22, FUNCTION_UART, 2, 0 | 1 << 2, 3, 8 | 3, 4},
};
_Static_assert(GATE0_I2C0 == 1u << 6 && GATE0_SPI0 == 3u << 24 && GATE1_UART0 == 3u << 6, "the table says so too");

bool bus_open(const struct need *need) {
  const struct bus *bus = &buses[need->kind - NEED_I2C];
  __asm__("" : "+r"(bus)); /* in a register, not to be found anew for each field */
  uint32_t unit = need->unit, roles = bus->roles;
  for (uint32_t i = 0; i < bus->count; i++, roles >>= 2) {
    uint32_t pin = need->pins[i];
    if (((pin + bus->add) & bus->mask) != (unit << bus->unit_shift | (roles & 3))) return false;
    if (!pins_select(pin, bus->function, PAD_DIGITAL | PAD_PULL_UP)) return false;
  }
  clocks_open(1u << bus->reset << unit, bus->word, ((1u << bus->gate_bits) - 1) << (bus->gate + unit * bus->gate_bits));
  return need->hertz >= bus->hertz_min;
}
