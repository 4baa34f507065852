import assert from "node:assert/strict";
import { test } from "node:test";
import { TestHost } from "../../../test/helpers/host.js";
import { packagePath } from "../../../test/helpers/root.js";
import { systemDisk } from "../terminal.js";
import { drive } from "./drive.js";
import { Pacer } from "./pacer.js";
import { runPlain } from "./plain.js";

function newHost(): TestHost {
  return new TestHost({ folder: packagePath(), disk: systemDisk });
}

/** A virtual clock and nothing else. A virtual second costs `msPerSecond` of the host's time. */
function newClock(host: TestHost, msPerSecond = 0) {
  return {
    nowUs: 0,
    advanceTo(timeUs: number) {
      host.ms += ((timeUs - this.nowUs) / 1e6) * msPerSecond;
      this.nowUs = timeUs;
    },
  };
}

test("at speed 10 a virtual minute takes six real seconds, in about ten steps a second", async () => {
  const host = newHost();
  const simulation = newClock(host);
  let steps = 0;
  await drive(
    host,
    simulation,
    { pacer: new Pacer(10, host.nowMs()), endUs: 60e6, stop: () => false },
    () => steps++,
  );
  assert.equal(simulation.nowUs, 60e6);
  assert.ok(host.ms > 5_900 && host.ms < 6_200, `${host.ms} ms`);
  assert.ok(steps >= 58 && steps <= 64, `${steps} steps`);
});

test("as fast as it goes, a run waits for nothing but still lets others through", async () => {
  const host = newHost();
  let breaths = 0;
  host.onWait = () => breaths++;
  const simulation = newClock(host, 1);
  await drive(
    host,
    simulation,
    { pacer: new Pacer(Infinity, host.nowMs()), endUs: 3600e6, stop: () => false },
    () => undefined,
  );
  assert.equal(simulation.nowUs, 3600e6);
  assert.ok(host.ms < 4_500, `${host.ms} ms for 3,600 ms of work`);
  assert.ok(breaths > 30, `${breaths} breaths`);
});

test("a speed that the machine cannot keep does not pile up a debt", async () => {
  const host = newHost();
  const simulation = newClock(host, 1000);
  const pacer = new Pacer(100, host.nowMs());
  await drive(
    host,
    simulation,
    { pacer, endUs: Infinity, stop: () => host.ms > 5_000 },
    () => undefined,
  );
  const before = simulation.nowUs;
  pacer.togglePause();
  const pausedMs = host.ms;
  await drive(
    host,
    simulation,
    { pacer, endUs: Infinity, stop: () => host.ms > pausedMs + 1_000 },
    () => undefined,
  );
  assert.equal(simulation.nowUs, before);
});

test("a plain run ends between two slices when it is told to stop", async () => {
  const host = newHost();
  const simulation = newClock(host, 1);
  const pacer = new Pacer(Infinity, host.nowMs());
  await runPlain(host, simulation, {
    pacer,
    endUs: Infinity,
    stop: () => simulation.nowUs > 100e6,
  });
  assert.ok(simulation.nowUs > 100e6 && simulation.nowUs < 1000e6);
});

test("progress shows on a terminal after a second, and is wiped away", async () => {
  const run = async (terminal: boolean, seconds: number): Promise<string> => {
    const host = new TestHost({ folder: packagePath(), disk: systemDisk, errorTerminal: terminal });
    const pacer = new Pacer(Infinity, host.nowMs());
    await runPlain(host, newClock(host, 1), { pacer, endUs: seconds * 1e6, stop: () => false });
    return host.err.text;
  };
  assert.equal(await run(false, 3600), "");
  assert.equal(await run(true, 600), "");
  assert.match(await run(true, 3600), /^\r00:1\d:\d\d of 01:00:00, \d\d %[^\n]*\r +\r$/);
});
