import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPins, findPin, picoPins, pinHint, pinNames } from "./pico.js";

/** RP2040 datasheet, section 1.4.3, read column by column: the pins of each line of each bus. */
const columns: Readonly<Record<string, readonly number[]>> = {
  "spi0 miso": [0, 4, 16, 20],
  "spi0 sck": [2, 6, 18, 22],
  "spi0 mosi": [3, 7, 19, 23],
  "spi1 miso": [8, 12, 24, 28],
  "spi1 sck": [10, 14, 26],
  "spi1 mosi": [11, 15, 27],
  "uart0 tx": [0, 12, 16, 28],
  "uart0 rx": [1, 13, 17, 29],
  "uart1 tx": [4, 8, 20, 24],
  "uart1 rx": [5, 9, 21],
  "i2c0 sda": [0, 4, 8, 12, 16, 20, 24, 28],
  "i2c0 scl": [1, 5, 9, 13, 17, 21, 29],
  "i2c1 sda": [2, 6, 10, 14, 18, 22, 26],
  "i2c1 scl": [3, 7, 11, 15, 19, 23, 27],
};

test("the function table, row by row, has the columns of the datasheet", () => {
  for (const [name, pins] of Object.entries(columns)) {
    assert.deepEqual(
      picoPins.filter((pin) => pin.functions.includes(name)).map((pin) => pin.pin),
      pins,
      name,
    );
  }
  const known = new Set(picoPins.flatMap((pin) => pin.functions));
  assert.deepEqual([...known].toSorted(), Object.keys(columns).toSorted());
});

test("each pin has a channel of the PWM, four are analog inputs", () => {
  const slices = picoPins.map(({ pwm }) => `${pwm.slice}${pwm.channel}`);
  assert.deepEqual(slices.slice(0, 4), ["0A", "0B", "1A", "1B"]);
  assert.deepEqual(slices.slice(14, 18), ["7A", "7B", "0A", "0B"]);
  assert.deepEqual(slices.slice(28), ["6A", "6B"]);
  assert.deepEqual(picoPins.map((pin) => pin.adcChannel).slice(25), [undefined, 0, 1, 2, 3]);
});

test("the pins of the header and the light can be had", () => {
  const header = [...Array(23).keys(), 26, 27, 28].map((pin) => `GP${pin}`);
  assert.deepEqual(pinNames(() => true).toSorted(), [...header, "LED"].toSorted());
  assert.equal(findPin("GP25"), findPin("LED"));
  assert.equal(findPin("GP30"), undefined);
  assert.equal(findPin("gp1"), undefined);
});

test("default pins can do what they are for", () => {
  for (const [unit, lines] of Object.entries(defaultPins)) {
    for (const [role, name] of Object.entries(lines)) {
      const pin = findPin(name)!;
      assert.equal(pin.reserved, undefined, name);
      if (role !== "cs") assert.ok(pin.functions.includes(`${unit} ${role}`), `${unit} ${role}`);
    }
  }
});

test("hints for names that are no pins", () => {
  for (const name of ["15", "gp15", "GPIO15", "GP_15", "pin 15", "D15"])
    assert.equal(pinHint(name), 'Write "GP15".');
  for (const name of ["GP24", "99", "x"]) assert.match(pinHint(name), /^A Pico has/);
});
