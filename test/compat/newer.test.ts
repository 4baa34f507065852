/* Containers of contracts to come: what counts is not the version they name, but what they import. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contractImports } from "../../builder/contract/capabilities.js";
import { flashImage } from "../../builder/image/flash.js";
import { payloadImage } from "../../builder/image/image.js";
import { decodePayload, encodePayload, type Payload } from "../../builder/image/payload.js";
import { readStore } from "../../builder/image/store.js";
import { compileNative } from "../../builder/native/compile.js";
import { createEmulation, type Emulation } from "../../runtime/emulator/emulation.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import { readFirmware } from "../helpers/firmware.js";
import { type Fixture, readFixture, simulateFixture, storeOf } from "./fixtures.js";
import { live, traceOf, traceText } from "./run.js";

const blink = readFixture("0.1.0", "blink");
/** The channel of its output. */
const led = traceOf(blink.trace)[0]!.channel;
const neighbour = readFixture("0.1.0", "failing");

function withContract(contract: string): Fixture {
  return { ...blink, manifest: { ...blink.manifest, contract } };
}

/** The container with another name for what it imports, of the same length. */
function withImport(from: string, to: string): Fixture {
  const at = Buffer.from(blink.wasm).indexOf(from);
  assert.ok(at > 0 && from.length === to.length);
  const wasm = Uint8Array.from(blink.wasm);
  wasm.set(new TextEncoder().encode(to), at);
  const imports = blink.manifest.imports.map((name) => name.replace(from, to));
  return { ...blink, wasm, manifest: { ...blink.manifest, contract: "1.0.0", imports } };
}

function payloadOf(fixture: Fixture): Uint8Array {
  return readStore(storeOf(fixture))!.containers[0]!.payload;
}

/** The payload of blink, changed, and its neighbour on an emulated Pico. */
async function emulate(
  fixture: Fixture,
  change: Partial<Payload>,
  entries: TraceEntry[],
): Promise<Emulation> {
  const { flash, description } = readFirmware();
  const { payload } = decodePayload(payloadOf(fixture));
  const changed = encodePayload({ ...payload!, ...change });
  const images = [
    payloadImage(fixture.manifest, changed, fixture.connections),
    payloadImage(neighbour.manifest, payloadOf(neighbour), neighbour.connections),
  ];
  return createEmulation({
    flash: flashImage(flash, images),
    layout: description,
    containers: [fixture, neighbour].map(({ manifest, connections }) => ({
      manifest,
      connections,
    })),
    rig: fixture.rig,
    files: () => "",
    sink: (entry) => entries.push(entry),
  });
}

for (const contract of ["0.10.0", "1.0.0"]) {
  test(`a container of contract ${contract} that calls what there is runs in the simulator`, async () => {
    const entries: TraceEntry[] = [];
    live(await simulateFixture(withContract(contract), (entry) => entries.push(entry)), blink.run);
    assert.equal(traceText(entries), blink.trace);
  });

  test(`a container of contract ${contract} that calls what there is runs on a Pico`, async () => {
    const entries: TraceEntry[] = [];
    const device = await emulate(withContract(contract), { contract }, entries);
    device.advanceTo(1.2e6);
    const levels = entries.filter(({ channel }) => channel === led);
    assert.deepEqual(
      levels.map(({ value }) => value),
      [0, 1, 0],
    );
  });
}

for (const [from, to, name] of [
  ["toggle", "twinkl", "gpio.twinkl"],
  ["timer", "tides", "tides.every"],
] as const) {
  test(`a container that imports ${name} is refused by that name`, async () => {
    const newer = withImport(from, to);
    await assert.rejects(
      simulateFixture(newer, () => {}),
      {
        message: new RegExp(`container blink imports ${name} .*not in the contract`),
      },
    );
    const { native, diagnostics } = compileNative(newer.wasm, { bounds: "mpu", memoryBytes: 0 });
    assert.equal(native, undefined);
    assert.match(diagnostics[0]!.message, new RegExp(`the import ${name} is not in the contract`));
  });
}

test("a Pico leaves out machine code that calls a function it lacks; the others run", async () => {
  const { hostCalls } = decodePayload(payloadOf(blink)).payload!;
  const entries: TraceEntry[] = [];
  const next = contractImports.length;
  const device = await emulate(blink, { hostCalls: [...hostCalls, next] }, entries);
  device.advanceTo(1.2e6);
  const channels = new Set(entries.map(({ channel }) => channel));
  assert.ok(!channels.has(led));
  assert.ok(channels.has("log.failing") && channels.has("pin.GP15"));
});
