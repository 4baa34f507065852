import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { runProgram } from "../../builder/cli/program.js";
import { systemDisk } from "../../builder/cli/terminal.js";
import { TestHost } from "../helpers/host.js";
import { packagePath } from "../helpers/root.js";
import { newFolder, thimble, withExample } from "./thimble.js";

/** Lines of a run by pins: what happens at one time on two pins has no order. */
function events(out: string): string[] {
  return out.slice(0, out.indexOf("\n\n")).split("\n").toSorted();
}

test("the emulated Pico does what the simulator does, and tells what it has cost", async (t) => {
  const folder = withExample(t, "thermostat");
  const line = ["run", "thermostat", "--for", "5m"];
  const sim = await thimble(folder, ...line);
  const emu = await thimble(folder, ...line, "--on", "emu");
  assert.deepEqual({ code: emu.code, err: emu.err }, { code: 0, err: "" });
  assert.deepEqual(events(emu.out), events(sim.out));
  for (const row of [
    /^ {2}processor {3}[\d,]+ cycles busy, 0\.\d+ % of the time, over 99\.9 % asleep$/m,
    /^ {2}high water {2}stack \d+ B, of the kernel [\d,]+ B, memory 160 B$/m,
    /^ {2}flash {7}0 sectors erased, 0 pages written$/m,
    /^ {2}charge {6}about 2\d\d mAh a day: 24 mA busy, 9 mA asleep, estimated$/m,
  ])
    assert.match(emu.out, row);
});

test("--json has the figures of the device", async (t) => {
  const folder = withExample(t, "blink");
  const { out } = await thimble(folder, "run", "blink", "--on", "emu", "--for", "1s", "--json");
  const { device } = JSON.parse(out) as { device: { cycles: number; flash: { erases: number } } };
  assert.ok(device.cycles >= 125e6);
  assert.equal(device.flash.erases, 0);
});

/** An app that divides by zero at its second event, after half a second more. */
function withTrap(t: TestContext): string {
  const folder = newFolder(t);
  const files = {
    "thimble.json": '{ "name": "trapper", "needs": { "led": { "gpio": "out" } } }',
    "rig.json": '{ "board": "pico", "wiring": { "led": "GP2" } }',
    "app.ts": `import { led } from "thimble/needs";
import { every } from "thimble";
let count: i32 = 2;
every(500, () => {
  count--;
  led.write(100 / count > 10);
});
`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test("a container that ends is told with its line, and time stops there", async (t) => {
  const folder = withTrap(t);
  const sim = await thimble(folder, "run", "--for", "10s");
  const emu = await thimble(folder, "run", "--for", "10s", "--on", "emu");
  assert.equal(emu.code, 1);
  assert.equal(emu.err, sim.err);
  assert.match(emu.err, /^app\.ts:6:13: error: container trapper ended after 1 s: .*division/);
  assert.deepEqual(events(emu.out), events(sim.out));
});

test("what the board has no room for is refused before it runs", async (t) => {
  const folder = withTrap(t);
  const app = `import { led } from "thimble/needs";
const samples = memory.data(300000);
led.write(load<u8>(samples + 299999) > 0);
`;
  writeFileSync(join(folder, "app.ts"), app);
  const { code, err } = await thimble(folder, "run", "--on", "emu", "--for", "1s");
  assert.equal(code, 1);
  assert.match(err, /^error: trapper needs [\d,]+ bytes of RAM, and the firmware leaves/);
});

test("a button that is pressed in the live view reaches the app", async (t) => {
  const folder = join(withExample(t, "thermostat"), "thermostat");
  const host = new TestHost({ folder, disk: systemDisk, terminal: true });
  let type: (text: string) => void = () => undefined;
  host.keyboard = (onInput) => {
    type = onInput;
    return () => undefined;
  };
  let waits = 0;
  host.onWait = () => {
    waits++;
    if (waits === 5) type("1");
    if (waits === 40) type("q");
  };
  assert.equal(await runProgram(["run", "--on", "emu", "--speed", "10"], host), 0);
  // It raises the set point by half a degree.
  assert.match(host.out.text, /"target":21\.500/);
});

/** A conversation in GDB's remote protocol: each packet and what the answer must hold. */
async function converse(port: number, packets: readonly (readonly [string, string])[]) {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("latin1");
  let heard = "";
  let wake = (): void => undefined;
  socket.on("data", (text: string) => {
    heard += text;
    wake();
  });
  for (const [packet, answer] of packets) {
    const sum = [...packet].reduce((total, letter) => total + letter.charCodeAt(0), 0) & 0xff;
    heard = "";
    socket.write(`$${packet}#${sum.toString(16).padStart(2, "0")}`);
    while (!heard.includes(answer)) await new Promise<void>((resolve) => (wake = resolve));
  }
  socket.end();
}

test("a debugger holds the device, stops it at an address and lets it go", async (t) => {
  const folder = withExample(t, "blink");
  const host = new TestHost({ folder, disk: systemDisk });
  const entry = kernelFunction("on_svc");
  const address = entry.toString(16);
  const port = await freePort();
  let talking: Promise<void> | undefined;
  host.wait = async () => {
    talking ??= converse(port, [
      ["?", "$S05#"],
      [`m${address},2`, "$"],
      [`Z0,${address},2`, "$OK#"],
      ["vCont;c", "$S05#"],
      ["pf", `$${littleEndian(entry)}#`],
      [`z0,${address},2`, "$OK#"],
      ["D", "$OK#"],
    ]);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const line = ["run", "blink", "--on", "emu", "--for", "2s", "--gdb", String(port)];
  assert.equal(await runProgram(line, host), 0);
  await talking;
  assert.match(
    host.err.text,
    /waits for a debugger: gdb-multiarch -ex "target remote localhost:\d+"/,
  );
  assert.match(host.out.text, /led {9}switched 3 times/);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The address of a function of the firmware. */
function kernelFunction(name: string): number {
  const text = readFileSync(packagePath("runtime", "firmware", "pico.json"), "utf8");
  const { symbols } = JSON.parse(text) as { symbols: Record<string, [number, number]> };
  return (symbols[name]![0] & ~1) >>> 0;
}

function littleEndian(word: number): string {
  return [0, 8, 16, 24]
    .map((bit) => ((word >>> bit) & 0xff).toString(16).padStart(2, "0"))
    .join("");
}

test("a port that is taken is told", async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const folder = withExample(t, "blink");
  const { code, err } = await thimble(folder, "run", "blink", "--on", "emu", "--gdb", `${port}`);
  assert.equal(code, 3);
  assert.match(err, /cannot be opened for a debugger: another program has it/);
});

for (const [options, message] of [
  ["--on pico", /there is no device "pico" to run on\n {2}hint: .*thimble flash/],
  ["--gdb 3333", /--gdb is for the emulated Pico/],
  ["--on emu --gdb 70000", /--gdb "70000" is no TCP port/],
] as const) {
  test(`wrong command line: run ${options}`, async (t) => {
    const folder = newFolder(t);
    const { code, err } = await thimble(folder, "run", ...options.split(" "));
    assert.equal(code, 2);
    assert.match(err, message);
  });
}
