import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { picoFlash } from "../../../runtime/firmware/pico.js";
import type { FirmwareDescription } from "../../../runtime/firmware/report.js";
import { decodeUf2 } from "../../../runtime/firmware/uf2.js";
import { OverlayDisk } from "../../../test/helpers/overlay-disk.js";
import { TestHost } from "../../../test/helpers/host.js";
import { packagePath } from "../../../test/helpers/root.js";
import { decodePayload } from "../../image/payload.js";
import { readStore } from "../../image/store.js";
import { runProgram } from "../program.js";

const picoInfo = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n";
const pico2Info = "UF2 Bootloader v1.0\r\nModel: Raspberry Pi RP2350\r\nBoard-ID: RP2350\r\n";

const systemError = (code: string): Error =>
  Object.assign(new Error(code), { code, syscall: "write" });

const firmware = new Uint8Array(30_000).fill(0x5a);
const description: FirmwareDescription = {
  boot2: 256,
  firstStage: 300,
  slot: 20_000,
  modules: [],
  stack: { thread: 0, hostCall: 0, tick: 0, fault: 0, interrupt: 0, worst: 0 },
  structs: {},
  symbols: { arena_start: [0x20004000, 0], arena_end: [0x20040000, 0] },
};
const drive = "/media/ada/RPI-RP2";

function testHost(): { host: TestHost; disk: OverlayDisk } {
  const disk = new OverlayDisk();
  disk.files.set(packagePath("runtime", "firmware", "pico.bin"), firmware);
  disk.files.set(
    packagePath("runtime", "firmware", "pico.json"),
    new TextEncoder().encode(JSON.stringify(description)),
  );
  const host = new TestHost({ folder: packagePath("examples"), disk, env: { USER: "ada" } });
  return { host, disk };
}

/** A board at `drive` that restarts when it has the whole file. */
function withBoard(): { host: TestHost; disk: OverlayDisk; taken: Uint8Array[] } {
  const { host, disk } = testHost();
  const taken: Uint8Array[] = [];
  disk.addVolume(drive, picoInfo);
  disk.onWrite = (path, bytes) => {
    if (!path.startsWith(drive)) return;
    taken.push(bytes);
    disk.removeVolume(drive);
  };
  return { host, disk, taken };
}

/** An app with one output, `light`, in a folder of its own name beside the examples. */
function addApp(disk: OverlayDisk, name: string, pin: string): void {
  const files = {
    "thimble.json": JSON.stringify({ name, needs: { light: { gpio: "out" } } }),
    "app.ts": 'import { light } from "thimble/needs";\nlight.write(true);\n',
    "rig.json": `{ "board": "pico", "wiring": { "light": "${pin}" } }`,
  };
  for (const [file, text] of Object.entries(files))
    disk.files.set(packagePath("examples", name, file), new TextEncoder().encode(text));
}

async function flash(host: TestHost, ...args: string[]) {
  const code = await runProgram(["flash", ...args], host);
  return { code, out: host.out.text, err: host.err.text };
}

/** The flash of a chip that was erased and given a UF2 file. */
function flashed(uf2: Uint8Array): Uint8Array {
  const decoded = decodeUf2(uf2);
  assert.ok("segments" in decoded);
  const bytes = new Uint8Array(picoFlash.flashBytes).fill(0xff);
  for (const segment of decoded.segments)
    bytes.set(segment.bytes, segment.address - picoFlash.address);
  return bytes;
}

describe("on a board that waits", () => {
  test("firmware and app arrive in their places, and the rest is not touched", async () => {
    const { host, taken } = withBoard();
    const { code, out, err } = await flash(host, "thermostat");
    assert.equal(code, 0, err);
    assert.match(
      out,
      /^thermostat {2}[\d,]+ B at 0x028000\n[\d,]+ B copied to \/media\/ada\/RPI-RP2; the board has restarted with it\n$/,
    );
    const flash_ = flashed(taken[0]!);
    assert.deepEqual(flash_.subarray(0, firmware.length), firmware);
    const [container] = readStore(flash_.subarray(picoFlash.journal))!.containers;
    assert.equal(decodePayload(container!.payload).payload?.name, "thermostat");
    const decoded = decodeUf2(taken[0]!);
    assert.ok("segments" in decoded);
    assert.deepEqual(
      decoded.segments.map(({ address, bytes }) => [address, bytes.length]),
      [
        [0x10000000, 0x8000],
        [0x10020000, 0x2000],
        [0x10028000, 0x1000],
      ],
    );
  });

  test("an app wired to the light of a Pico says what a Pico W does", async () => {
    const { host } = withBoard();
    const { code, err } = await flash(host, "blink");
    assert.equal(code, 0);
    assert.match(err, /warning: .*light on a Pico, which a Pico W does not have/);
  });

  test("a setting is what the device starts with, given by name or by app and name", async () => {
    for (const setting of ["setPoint=23.5", "thermostat.setPoint=23.5"]) {
      const { host, taken } = withBoard();
      const { code } = await flash(host, "thermostat", "--setting", setting);
      assert.equal(code, 0);
      const store = readStore(flashed(taken[0]!).subarray(picoFlash.journal))!;
      const { description } = store.containers[0]!;
      const words = new DataView(description.buffer);
      const values = Array.from({ length: description.length >> 2 }, (_, at) =>
        words.getInt32(4 * at, true),
      );
      assert.ok(values.includes(23_500), setting);
    }
  });

  test("two apps lie one behind the other", async () => {
    const { host, disk, taken } = withBoard();
    addApp(disk, "door", "GP14");
    const { code, out } = await flash(host, "blink", "door");
    assert.equal(code, 0);
    assert.match(out, /^blink {2}[\d,]+ B at 0x028000\ndoor {3}[\d,]+ B at 0x029000\n/);
    const { containers } = readStore(flashed(taken[0]!).subarray(picoFlash.journal))!;
    assert.deepEqual(
      containers.map(({ payload }) => decodePayload(payload).payload?.name),
      ["blink", "door"],
    );
  });

  test("two apps that want one pin are refused where the second one says so", async () => {
    const { host, disk } = withBoard();
    addApp(disk, "door", "LED");
    const { code, err } = await flash(host, "blink", "door");
    assert.equal(code, 1);
    assert.match(
      err,
      /^door\/rig\.json:1:41: error: wiring\.light uses LED, which "led" of blink is wired to$/m,
    );
  });

  test("one rig may wire several apps", async () => {
    const { host, disk } = withBoard();
    addApp(disk, "door", "GP14");
    const rig = '{ "board": "pico", "wiring": { "led": "GP2", "light": "GP3" } }';
    disk.files.set(packagePath("examples", "both.json"), new TextEncoder().encode(rig));
    assert.equal((await flash(host, "blink", "door", "--rig", "both.json")).code, 0);
  });

  test("the same app twice is refused", async () => {
    const { host } = withBoard();
    const { code, err } = await flash(host, "blink", "blink");
    assert.equal(code, 1);
    assert.match(err, /^error: two of the apps are named blink, and a device knows them/);
  });

  test("a drive that goes away before the file is closed has taken all", async () => {
    const { host, disk } = testHost();
    disk.addVolume(drive, picoInfo);
    disk.onWrite = () => {
      disk.removeVolume(drive);
      throw systemError("EIO");
    };
    assert.equal((await flash(host, "thermostat")).code, 0);
  });

  test("a full drive: refused, and nothing is left on it", async () => {
    const { host, disk } = testHost();
    disk.addVolume(drive, picoInfo);
    disk.onWrite = (path, bytes) => {
      disk.files.set(path, bytes.subarray(0, 1000));
      throw systemError("ENOSPC");
    };
    const { code, err } = await flash(host, "thermostat");
    assert.equal(code, 3);
    assert.match(err, /RPI-RP2\/thimble\.uf2: error: cannot write this: the disk is full/);
    assert.ok(!disk.files.has(join(drive, "thimble.uf2")));
  });

  test("a board that stays has not taken the file", async () => {
    const { host, disk } = testHost();
    disk.addVolume(drive, picoInfo);
    disk.onWrite = (path, bytes) => void disk.files.set(path, bytes.subarray(0, 1000));
    const { code, err } = await flash(host, "thermostat");
    assert.equal(code, 3);
    assert.match(err, /has not taken the file: 1000 of \d+ bytes have arrived/);
    assert.ok(!disk.files.has(join(drive, "thimble.uf2")));
  });
});

describe("where drives are", () => {
  const places: readonly (readonly [platform: string, path: string])[] = [
    ["linux", "/media/ada/RPI-RP2"],
    ["linux", "/run/media/ada/RPI-RP21"],
    ["linux", "/mnt/pico"],
    ["darwin", "/Volumes/RPI-RP2"],
  ];
  for (const [platform, path] of places) {
    test(`${platform}: ${path}`, async () => {
      const { host, disk } = testHost();
      host.platform = platform;
      disk.addVolume(path, picoInfo);
      disk.onWrite = () => disk.removeVolume(path);
      const { code, out } = await flash(host, "thermostat");
      assert.equal(code, 0);
      assert.ok(out.includes(`copied to ${path};`));
    });
  }

  test("none: says what to do", async () => {
    const { code, out, err } = await flash(testHost().host, "thermostat");
    assert.equal(code, 3);
    assert.match(out, /^thermostat/);
    assert.match(
      err,
      /error: there is no board that waits to be written\n {2}hint: Hold the button/,
    );
  });

  test("two: one must be named", async () => {
    const { host, disk, taken } = withBoard();
    disk.addVolume("/media/ada/RPI-RP21", picoInfo);
    const { code, err } = await flash(host, "thermostat");
    assert.equal(code, 2);
    assert.match(err, /several boards wait .*RPI-RP2 and .*RPI-RP21/s);
    host.err.text = "";
    assert.equal((await flash(host, "thermostat", "--volume", drive)).code, 0);
    assert.equal(taken.length, 1);
  });

  test("a Pico 2: refused by name", async () => {
    const { host, disk } = testHost();
    disk.addVolume("/media/ada/RP2350", pico2Info);
    const { code, err } = await flash(host, "thermostat");
    assert.equal(code, 3);
    assert.match(err, /RP2350 is a Pico 2 \(RP2350\), and thimble runs on the Pico \(RP2040\)/);
  });

  test("a folder that is none", async () => {
    const { code, err } = await flash(testHost().host, "thermostat", "--volume", "blink");
    assert.equal(code, 3);
    assert.match(err, /blink is no drive of a board/);
  });

  test("behind a port that is asked for it", async () => {
    const { host, disk } = testHost();
    const asked: string[] = [];
    host.restartInBootMode = (port) => {
      asked.push(port);
      return Promise.resolve();
    };
    host.onWait = () => {
      if (asked.length > 0 && disk.folders.size === 0) disk.addVolume(drive, picoInfo);
    };
    disk.onWrite = () => disk.removeVolume(drive);
    assert.equal((await flash(host, "thermostat", "--port", "/dev/ttyACM0")).code, 0);
    assert.deepEqual(asked, ["/dev/ttyACM0"]);
  });

  test("behind a port whose drive does not appear", async () => {
    const { host } = testHost();
    host.restartInBootMode = () => Promise.resolve();
    const { code, err } = await flash(host, "thermostat", "--port", "COM3");
    assert.equal(code, 3);
    assert.match(err, /the board at COM3 was asked .* none has appeared/s);
  });
});

describe("--dry-run", () => {
  test("writes the file that a board would get", async () => {
    const { host, disk, taken } = withBoard();
    await flash(host, "thermostat");
    host.out.text = "";
    const { code, out } = await flash(host, "thermostat", "--dry-run");
    assert.equal(code, 0);
    assert.match(out, /[\d,]+ B in thermostat\.uf2; nothing was flashed\n$/);
    assert.deepEqual(disk.files.get(packagePath("examples", "thermostat.uf2")), taken[0]);
  });

  test("--json tells what is where", async () => {
    const { host } = testHost();
    const { code, out } = await flash(
      host,
      "thermostat",
      "--dry-run",
      "--output",
      "/tmp/a.uf2",
      "--json",
    );
    assert.equal(code, 0);
    const document = JSON.parse(out) as { file: string; apps: { app: string; offset: number }[] };
    assert.equal(document.file, "/tmp/a.uf2");
    assert.deepEqual(
      document.apps.map(({ app, offset }) => [app, offset]),
      [["thermostat", 0x28000]],
    );
  });
});

test("--selftest puts its own file on the board", async () => {
  const { host, disk, taken } = withBoard();
  disk.files.set(packagePath("runtime", "firmware", "selftest.uf2"), firmware);
  assert.equal((await flash(host, "--selftest")).code, 0);
  assert.deepEqual(taken[0], firmware);
});

for (const [line, message] of [
  ["--output a.uf2", /--output names the file of --dry-run/],
  ["--volume a --port b", /two ways to one board/],
  ["blink --selftest", /--selftest takes no apps/],
  ["thermostat --setting a.b=1", /is for a, which is none of the apps/],
  ["thermostat --setting nothing=1", /there is no setting "nothing"/],
] as const) {
  test(`wrong command line: ${line}`, async () => {
    const { code, err } = await flash(testHost().host, ...line.split(" "));
    assert.equal(code, 2);
    assert.match(err, message);
  });
}
