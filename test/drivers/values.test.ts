import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { armCompiler } from "../../runtime/firmware/arm.js";
import { type DriverImage, DriverMachine, buildDrivers } from "./machine.js";

const skip = armCompiler() === undefined ? "no arm-none-eabi-gcc here" : false;
/** Of the first sector. */
const at = 0x022000;
const notFound = -9;
/** Of enum stored. */
const storedBytes = 2;
/** When something is due: microseconds, low and high word. */
const never = [0xffff_ffff, 0xffff_ffff] as const;
const soon = [0, 0] as const;
let image: DriverImage;

before(() => {
  if (!skip) image = buildDrivers();
});

/** A device that finds this in its flash. */
function started(flash: Uint8Array = image.flash): DriverMachine {
  const device = new DriverMachine({ ...image, flash });
  device.call("values_init");
  return device;
}

function write(device: DriverMachine, key: number, bytes: Uint8Array): number {
  return device.call(
    "port_store_write",
    device.buffer(1),
    key,
    storedBytes,
    device.buffer(0, bytes),
    bytes.length,
  );
}

function read(device: DriverMachine, key: number): string | number {
  const length = device.call(
    "port_store_read",
    device.buffer(1),
    key,
    storedBytes,
    device.buffer(2),
    64,
  );
  return length < 0 ? length : Buffer.from(device.read(device.buffer(2), length)).toString("hex");
}

describe("values.c on the emulated flash", { skip }, () => {
  it("finds after a restart what was stored", () => {
    const device = started();
    assert.equal(read(device, 3), notFound);
    assert.equal(write(device, 3, Uint8Array.of(1, 2, 3, 4, 5)), 0);
    assert.equal(write(device, 200, new Uint8Array(64).fill(7)), 0);
    device.call("values_flush", ...never);
    device.call("port_store_remove", device.buffer(1), 200);
    assert.equal(write(device, 3, Uint8Array.of(9)), 0);
    device.call("values_flush", ...soon);
    const flash = device.pico.flash.bytes;
    assert.equal(Buffer.from(flash.subarray(at, at + 8)).toString("hex"), "01000000feffffff");
    const again = started(flash.slice());
    assert.equal(read(again, 3), "09");
    assert.equal(read(again, 200), notFound);
  });

  it("takes one erasure for a sector full of numbers, and turns", () => {
    const device = started();
    const { flashErases } = device.pico.counters;
    for (let i = 0; i < 250; i++) {
      assert.equal(write(device, 1, Uint8Array.of(i, 0, 0, 0, 1)), 0);
      device.call("values_flush", ...never);
    }
    assert.equal(device.pico.counters.flashErases - flashErases, 1);
    assert.equal(read(started(device.pico.flash.bytes.slice()), 1), "f900000001");
  });

  it("does not keep the main loop where something is due", () => {
    const device = started();
    write(device, 1, Uint8Array.of(1));
    const first = device.pico.nowNs;
    device.call("values_flush", ...soon);
    const us = (device.pico.nowNs - first) / 1000;
    assert.ok(us > 500 && us < 4_000, `a page: ${us} us`);
    for (let i = 0; i < 240; i++) {
      write(device, 1, Uint8Array.of(i, 0, 0, 0, 2));
      if (i % 16 === 0) device.call("values_flush", ...soon);
    }
    device.call("values_flush", ...soon);
    const later = device.pico.nowNs;
    device.call("values_flush", ...soon);
    assert.ok(device.pico.nowNs - later < 1e6, "little room: it waits");
    device.call("values_flush", ...never);
    assert.ok(device.pico.nowNs - later > 45e6, "an erasure and some pages");
  });
});
