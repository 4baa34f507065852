import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { picoFlash, picoLimits } from "../../runtime/firmware/pico.js";
import { buildExample } from "../../test/helpers/examples.js";
import { packagePath } from "../../test/helpers/root.js";
import { budgetOf, type BudgetApp, type FirmwareFigures } from "./budget.js";
import { nativeImage } from "./image.js";
import { encodePayload } from "./payload.js";
import { blink } from "./samples.test-support.js";

const firmware: FirmwareFigures = {
  imageBytes: 20_000,
  helperBytes: 6_500,
  arenaAddress: 0x20003000,
  arenaBytes: 200_000,
};

async function example(name: string): Promise<BudgetApp> {
  const { manifest, wasm } = (await buildExample(name)).container;
  return { manifest, image: await nativeImage(manifest, wasm) };
}

/** Blink with other figures. */
async function changed(
  limits: { memoryBytes?: number; stackBytes?: number | null },
  change: { name?: string; globals?: number; bytes?: number; entries?: number } = {},
): Promise<BudgetApp> {
  const { manifest, image } = await example("blink");
  const { name = "blink", globals = 0, bytes = 0, entries = 2 } = change;
  const code = new Uint8Array(blink.code.length + bytes);
  code.set(blink.code);
  const payload = encodePayload({
    ...blink,
    code,
    entries: Array.from({ length: entries }, () => 0),
    globals: Array.from({ length: globals }, () => 0),
  });
  const all = { ...manifest.limits, ...limits };
  return {
    manifest: { ...manifest, name, limits: all },
    image: { ...image, name, payload, stackBytes: all.stackBytes },
  };
}

test("blink takes a sector, the least stack and one timer", async () => {
  const { fits, apps, arenaBytes } = budgetOf([await example("blink")], firmware);
  const [app] = apps;
  assert.ok(fits);
  assert.deepEqual(app!.slot, { offset: picoFlash.slots, bytes: 4096 });
  assert.equal(app!.stackBytes, 512);
  assert.equal(app!.bindings, 1);
  assert.equal(arenaBytes, app!.memoryBytes + Math.ceil(app!.recordBytes / 32) * 32);
});

test("the stack is the sum of its parts in steps, all of it without a bound", async () => {
  const stackOf = async (stackBytes: number | null, globals = 0): Promise<number> =>
    budgetOf([await changed({ stackBytes }, { globals })], firmware).apps[0]!.stackBytes;
  assert.equal(await stackOf(512 - 160 - 80), 512);
  assert.equal(await stackOf(512 - 160 - 80 + 4), 1024);
  // One global makes the instance block 84 bytes, and it lies at a multiple of 8.
  assert.equal(await stackOf(512 - 160 - 88, 1), 512);
  assert.equal(await stackOf(512 - 160 - 84, 1), 1024);
  assert.equal(await stackOf(null), 4096);
});

test("memories lie as the arena puts them", async () => {
  const arena = async (...sizes: readonly number[]): Promise<number> => {
    const apps = await Promise.all(
      sizes.map((memoryBytes, index) => changed({ memoryBytes }, { name: `a${index}` })),
    );
    return budgetOf(apps, firmware).arenaBytes;
  };
  const { recordBytes } = picoLimits;
  assert.equal(recordBytes, 32);
  // All lies at multiples of 32.
  assert.equal(await arena(0), 32);
  assert.equal(await arena(96, 32), 128 + 64);
  // 160 bytes from 160 on would cross the end of a block of 256; there is room for both records before it.
  assert.equal(await arena(128, 160), 256 + 160);
  // A block of 2,048 has parts of 256.
  assert.equal(await arena(32, 1280), 256 + 1280);
  // The arena begins at a multiple of 4,096, which is none of 16,384: others lie before it.
  assert.equal(await arena(12288, 2048), 4096 + 12288);
});

const refusals: readonly (readonly [
  what: string,
  apps: () => Promise<readonly BudgetApp[]>,
  code: string,
  message: RegExp,
])[] = [
  [
    "calls too deep",
    async () => [await changed({ stackBytes: 3860 })],
    "board-stack",
    /^blink needs 4,608 bytes of stack: 3,860 bytes by its calls, 80 bytes for its globals/,
  ],
  [
    "too many globals",
    async () => [await changed({ stackBytes: null }, { globals: 1000 })],
    "board-stack",
    /4,080 bytes for its globals/,
  ],
  [
    "more memory than there is",
    async () => [await changed({ memoryBytes: 256 * 1024 })],
    "board-memory",
    /^blink needs [\d,]+ bytes of RAM, and the firmware leaves 200,000 bytes$/,
  ],
  [
    "more code than the store holds",
    async () => [await changed({}, { bytes: 1_100_000 })],
    "board-flash",
    /^blink takes [\d,]+ bytes of flash in one piece/,
  ],
  [
    "more timers than there are",
    () =>
      Promise.all(
        Array.from({ length: 17 }, (_, k) => changed({}, { name: `a${k}`, entries: 40 })),
      ),
    "board-pools",
    /^the 17 apps can have 544 timers, watches and subscriptions at once, and a device 512$/,
  ],
];

for (const [what, apps, code, message] of refusals) {
  test(`${what}: refused`, async () => {
    const budget = budgetOf(await apps(), firmware);
    assert.equal(budget.fits, false);
    assert.deepEqual(
      budget.refusals.map((refusal) => refusal.code),
      [code],
    );
    assert.match(budget.refusals[0]!.message, message);
    assert.ok(budget.refusals[0]!.hint);
  });
}

test("the limits are those of the firmware's sources", () => {
  const source = (...path: readonly string[]): string =>
    readFileSync(packagePath("runtime", ...path), "utf8");
  const config = source("core", "config.h");
  const constant = (text: string, name: string): number =>
    Number(new RegExp(`#define ${name} (\\w+?)u?\\b`).exec(text)?.[1]);
  const native = source("ports", "cortex-m", "native.c");
  const installed = source("ports", "cortex-m", "installed.c");
  assert.deepEqual(
    {
      containers: constant(config, "CONTAINERS_MAX") - 1,
      bindings: constant(config, "BINDINGS_MAX"),
      bindingsPerContainer: constant(config, "BINDINGS_PER_CONTAINER"),
      events: constant(config, "EVENTS_MAX"),
      eventsPerContainer: constant(config, "EVENTS_PER_CONTAINER"),
      messages: constant(config, "MESSAGES_MAX"),
      messagesPerContainer: constant(config, "MESSAGES_PER_CONTAINER"),
      stackBytes: constant(source("ports", "cortex-m", "sandbox.h"), "STACK_BYTES"),
      stackReserveBytes: constant(native, "STACK_RESERVE_BYTES"),
      journal: constant(installed, "JOURNAL"),
      slots: constant(installed, "SLOTS"),
      sectorBytes: constant(source("ports", "cortex-m", "chip.h"), "SECTOR_BYTES"),
    },
    {
      containers: picoLimits.containers,
      bindings: picoLimits.bindings,
      bindingsPerContainer: picoLimits.bindingsPerContainer,
      events: picoLimits.events,
      eventsPerContainer: picoLimits.eventsPerContainer,
      messages: picoLimits.messages,
      messagesPerContainer: picoLimits.messagesPerContainer,
      stackBytes: picoLimits.stackBytes,
      stackReserveBytes: picoLimits.stackReserveBytes,
      journal: picoFlash.journal,
      slots: picoFlash.slots,
      sectorBytes: picoFlash.sectorBytes,
    },
  );
  assert.match(native, /#define STACK_GRANULE_BYTES \(STACK_BYTES \/ 8\)/);
  assert.equal(picoLimits.stackStepBytes, picoLimits.stackBytes / 8);
});
