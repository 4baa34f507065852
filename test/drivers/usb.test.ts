import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { armCompiler } from "../../runtime/firmware/arm.js";
import { UsbHost } from "../../runtime/emulator/emu/usb-host.js";
import { type DriverImage, DriverMachine, buildDrivers } from "./machine.js";
import { ControlHost, stall } from "./usb-host.js";

const skip = armCompiler() === undefined ? "no arm-none-eabi-gcc here" : false;
let image: DriverImage;

const count = (length: number, from = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function machine(): { host: ControlHost; device: DriverMachine } {
  const device = new DriverMachine(image);
  return { host: new ControlHost(device), device };
}

function enumerated(): { host: ControlHost; device: DriverMachine } {
  const both = machine();
  both.host.enumerate();
  return both;
}

/** Bytes for the link to send. */
function publish(device: DriverMachine, bytes: Uint8Array): void {
  device.write(device.address("to_send") + 4, bytes);
  device.setWord(device.address("to_send"), bytes.length);
}

function heard(device: DriverMachine): Uint8Array {
  const at = device.address("heard");
  return device.read(at + 12, device.word(at + 8));
}

function text(descriptor: Uint8Array | typeof stall): string {
  assert.notEqual(descriptor, stall);
  const bytes = Buffer.from(descriptor);
  assert.equal(bytes[0], bytes.length);
  assert.equal(bytes[1], 3);
  return bytes.subarray(2).toString("utf16le");
}

before(() => {
  if (!skip) image = buildDrivers();
});

describe("usb.c", { skip }, () => {
  it("is enumerated as Linux does it", () => {
    const { host, device } = machine();
    const found = host.enumerate();
    assert.equal(found.device.length, 18);
    assert.equal(found.configuration.length, found.configuration[2]);
    assert.equal(device.pico.chip.usbCtrl.readUint32(0), 23);
    let at = 0;
    const types: string[] = [];
    while (at < found.configuration.length) {
      types.push(`${found.configuration[at]}:${found.configuration[at + 1]}`);
      at += found.configuration[at]!;
    }
    assert.equal(at, found.configuration.length);
    assert.equal(types.join(" "), "9:2 9:4 5:36 5:36 4:36 5:36 7:5 9:4 7:5 7:5");
  });

  it("answers with what is asked for and no more", () => {
    const { host } = enumerated();
    const get = (value: number, length: number) =>
      host.transfer({ type: 0x80, request: 6, value, length });
    const whole = hex(get(0x0200, 67) as Uint8Array);
    for (const length of [1, 8, 9, 63, 64, 65, 66, 67, 68, 255, 4096])
      assert.equal(hex(get(0x0200, length) as Uint8Array), whole.slice(0, 2 * length), `${length}`);
    assert.equal((get(0x0100, 8) as Uint8Array).length, 8);
  });

  it("has a name and the serial number of its flash", () => {
    const { host } = enumerated();
    const get = (index: number, length = 255) =>
      host.transfer({ type: 0x80, request: 6, value: 0x0300 | index, index: 0x0409, length });
    assert.equal(hex(get(0) as Uint8Array), "04030904");
    assert.equal(text(get(1)), "thimble");
    assert.equal(text(get(2)), "E660583883152A2C");
    assert.equal(get(3), stall);
    assert.equal(get(0xee), stall);
    assert.equal((get(2, 2) as Uint8Array).length, 2);
  });

  it("stalls what it does not know, and goes on", () => {
    const { host } = enumerated();
    const refused = [
      { type: 0x80, request: 6, value: 0x0600, length: 10 }, // device qualifier: it is full speed only
      { type: 0x80, request: 6, value: 0x0f00, length: 5 }, // BOS
      { type: 0x80, request: 6, value: 0x0201, length: 9 }, // a second configuration
      { type: 0xc0, request: 0x20, index: 4, length: 16 }, // vendor: Microsoft's descriptors
      { type: 0x40, request: 1 },
      { type: 0x00, request: 3, value: 1 }, // remote wake-up
      { type: 0x00, request: 9, value: 2 },
      { type: 0x01, request: 11, value: 1, index: 1 }, // alternate setting 1
      { type: 0x80, request: 12, length: 2 },
      { type: 0xa1, request: 0x01, length: 4 },
      { type: 0x21, request: 0x24 },
      { type: 0x21, request: 0x00 }, // to an interface what GET_STATUS is from it
      { type: 0x80, request: 5, value: 9 }, // SET_ADDRESS the wrong way round
    ];
    for (const setup of refused) {
      assert.equal(host.transfer(setup), stall, JSON.stringify(setup));
      assert.equal(hex(host.transfer({ type: 0x80, request: 8, length: 1 }) as Uint8Array), "01");
    }
  });

  it("knows the standard requests of a device", () => {
    const { host } = enumerated();
    const get = (type: number, request: number, length: number, index = 0) =>
      host.transfer({ type, request, length, index });
    assert.equal(hex(get(0x80, 0, 2) as Uint8Array), "0000");
    assert.equal(hex(get(0x81, 0, 2) as Uint8Array), "0000");
    assert.equal(hex(get(0x82, 0, 2, 0x81) as Uint8Array), "0000");
    assert.equal(hex(get(0x81, 10, 1, 1) as Uint8Array), "00");
    assert.notEqual(host.transfer({ type: 0x01, request: 11, value: 0, index: 1 }), stall);
    assert.notEqual(host.transfer({ type: 0, request: 9, value: 0 }), stall);
    assert.equal(hex(get(0x80, 8, 1) as Uint8Array), "00");
  });

  it("keeps the line coding", () => {
    const { host } = enumerated();
    const coding = Uint8Array.of(0, 0xc2, 1, 0, 0, 0, 8);
    assert.notEqual(host.transfer({ type: 0x21, request: 0x20 }, coding), stall);
    assert.equal(
      hex(host.transfer({ type: 0xa1, request: 0x21, length: 7 }) as Uint8Array),
      hex(coding),
    );
    assert.notEqual(host.transfer({ type: 0x21, request: 0x23, value: 0 }), undefined);
  });

  it("takes a new request in the middle of another", () => {
    const { host } = enumerated();
    host.abandon({ type: 0x80, request: 6, value: 0x0200, length: 67 });
    assert.equal(hex(host.transfer({ type: 0x80, request: 8, length: 1 }) as Uint8Array), "01");
    host.abandon({ type: 0x21, request: 0x20, length: 7 });
    assert.equal(hex(host.transfer({ type: 0x80, request: 8, length: 1 }) as Uint8Array), "01");
  });

  it("forgets its address and configuration at a reset", () => {
    const { host, device } = enumerated();
    host.open();
    assert.equal(device.call("chip_link_is_read") & 1, 1);
    host.reset();
    assert.equal(device.pico.chip.usbCtrl.readUint32(0), 0);
    assert.equal(device.call("chip_link_is_read") & 1, 0);
    host.enumerate();
    assert.equal(device.pico.chip.usbCtrl.readUint32(0), 23);
  });

  it("sends while a host has the port open, alternating packet ids", () => {
    const { host, device } = enumerated();
    publish(device, count(10));
    device.run(500);
    assert.equal(host.packets.length, 0);
    host.open();
    device.run(500);
    publish(device, count(5));
    device.run(500);
    assert.deepEqual(
      host.packets.map(({ bytes, id }) => `${id} ${bytes.length}`),
      ["0 10", "1 5"],
    );
    host.open(false);
    publish(device, count(5));
    device.run(500);
    assert.equal(host.packets.length, 2);
  });

  it("ends what fills its last packet with an empty one", () => {
    const { host, device } = enumerated();
    host.open();
    for (const [length, packets] of [
      [63, "63"],
      [64, "64 0"],
      [65, "64 1"],
      [128, "64 64 0"],
      [150, "64 64 22"],
    ] as const) {
      host.packets.length = 0;
      publish(device, count(length));
      device.run(1000);
      assert.equal(host.packets.map(({ bytes }) => bytes.length).join(" "), packets);
      assert.equal(hex(Buffer.concat(host.packets.map(({ bytes }) => bytes))), hex(count(length)));
    }
  });

  it("hands what arrives to the link, when the main loop comes", () => {
    const { host, device } = enumerated();
    const polls = device.address("polls");
    assert.ok(host.send(count(64)));
    assert.ok(host.send(count(3, 65)));
    device.write(polls, Uint8Array.of(0));
    device.run(500);
    assert.ok(host.send(count(1, 68)));
    assert.ok(!host.send(count(1, 69)), "the second packet waits");
    assert.equal(hex(heard(device)), hex(count(67)));
    assert.equal(device.call("usb_noted") & 1, 1);
    device.write(polls, Uint8Array.of(1));
    device.run(500);
    assert.equal(hex(heard(device)), hex(count(68)));
    assert.equal(device.call("usb_noted") & 1, 0);
    assert.ok(host.send(count(1, 69)));
  });

  it("starts with DATA0 again when an endpoint is cleared", () => {
    const { host, device } = enumerated();
    host.open();
    publish(device, count(1));
    device.run(500);
    assert.notEqual(host.transfer({ type: 2, request: 1, value: 0, index: 0x82 }), stall);
    publish(device, count(1));
    device.run(500);
    assert.deepEqual(
      host.packets.map(({ id }) => id),
      [0, 0],
    );
    assert.ok(host.send(count(1)));
  });

  it("enters the boot ROM when the port is opened with 1200 baud", () => {
    const { host, device } = enumerated();
    host.transfer({ type: 0x21, request: 0x20 }, Uint8Array.of(0xb0, 4, 0, 0, 0, 0, 8));
    device.run(1000);
    assert.ok(device.pico.usbBoot);
  });

  it("serves the host of rp2040js", () => {
    let usb: UsbHost | undefined;
    const device = new DriverMachine(image, (pico) => {
      pico.onChip = (chip) => (usb = new UsbHost(chip.usbCtrl));
    });
    device.run(30_000);
    assert.ok(usb?.isOpen);
    const got: number[] = [];
    usb.onBytes = (bytes) => got.push(...bytes);
    publish(device, count(100));
    usb.send(count(130));
    device.run(2_000);
    assert.equal(hex(Uint8Array.from(got)), hex(count(100)));
    assert.equal(hex(heard(device)), hex(count(130)));
  });
});
