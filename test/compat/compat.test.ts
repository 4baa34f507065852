/*
 * Containers that earlier versions of thimble have built, as they were built: in the simulator they give the trace of then to the
 * byte, and on the emulated Pico, installed as they were then or flashed anew, the same values in the same order.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { payloadMismatch } from "../../builder/image/match.js";
import { readStore } from "../../builder/image/store.js";
import { createEmulation } from "../../runtime/emulator/emulation.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import { assertSameLife } from "../equality/compare.js";
import { emulate } from "../helpers/emulate.js";
import { readFirmware } from "../helpers/firmware.js";
import { packagePath } from "../helpers/root.js";
import {
  type Fixture,
  fixtureNames,
  fixtureVersions,
  journalAt,
  readFixture,
  simulateFixture,
  storeOf,
} from "./fixtures.js";
import { live, traceOf, traceText } from "./run.js";

/** Flash with the firmware of today and what a tool of then has installed. */
function flashOf(firmware: Uint8Array, fixture: Fixture): Uint8Array {
  assert.ok(firmware.length <= journalAt);
  const store = storeOf(fixture);
  const flash = new Uint8Array(journalAt + store.length).fill(0xff);
  flash.set(firmware);
  flash.set(store, journalAt);
  return flash;
}

for (const version of fixtureVersions()) {
  for (const name of fixtureNames(version)) {
    test(`${name} of ${version}: in the simulator as then`, async () => {
      const fixture = readFixture(version, name);
      const entries: TraceEntry[] = [];
      live(await simulateFixture(fixture, (entry) => entries.push(entry)), fixture.run);
      assert.equal(traceText(entries), fixture.trace);
    });

    test(`${name} of ${version}: read from the store of a device`, () => {
      const fixture = readFixture(version, name);
      const { containers } = readStore(storeOf(fixture))!;
      assert.deepEqual(
        containers.map(({ whole }) => whole),
        [true],
      );
      assert.equal(payloadMismatch(containers[0]!.payload, fixture.manifest), undefined);
    });

    test(`${name} of ${version}: on a Pico, as it was installed`, async (context) => {
      const fixture = readFixture(version, name);
      const { manifest, connections, rig, run, trace } = fixture;
      const entries: TraceEntry[] = [];
      const { flash, description } = readFirmware();
      const device = await createEmulation({
        flash: flashOf(flash, fixture),
        layout: description,
        containers: [{ manifest, connections }],
        rig,
        files: () => "",
        sink: (entry) => entries.push(entry),
      });
      live(device, run);
      const worstUs = assertSameLife(traceOf(trace), entries, run.boundUs);
      context.diagnostic(`at most ${worstUs} us apart`);
    });

    test(`${name} of ${version}: on a Pico, flashed by the tools of today`, async () => {
      const { manifest, wasm, connections, rig, run, trace } = readFixture(version, name);
      const entries: TraceEntry[] = [];
      const device = await emulate({
        containers: [{ manifest, wasm, connections }],
        rig,
        files: () => "",
        sink: (entry) => entries.push(entry),
      });
      live(device, run);
      assertSameLife(traceOf(trace), entries, run.boundUs);
    });
  }

  test(`the containers of ${version} import all that it offered`, () => {
    const file = packagePath("test", "compat", version, "functions.txt");
    const offered = readFileSync(file, "utf8").trimEnd().split("\n");
    const imported = new Set(
      fixtureNames(version).flatMap((name) => readFixture(version, name).manifest.imports),
    );
    assert.deepEqual(
      offered.map((line) => line.split(" ")[0]!).filter((name) => !imported.has(name)),
      [],
    );
  });
}
