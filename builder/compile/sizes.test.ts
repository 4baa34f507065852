import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { containerOf, type App, type Settings } from "../../test/helpers/container.js";
import { packagePath } from "../../test/helpers/root.js";

const example = (name: string, file: string): string =>
  readFileSync(packagePath("examples", name, file), "utf8");

const apps: Readonly<Record<string, readonly [App, Settings]>> = {
  blink: [example("blink", "app.ts"), JSON.parse(example("blink", "thimble.json")) as Settings],
  thermostat: [
    example("thermostat", "app.ts"),
    JSON.parse(example("thermostat", "thimble.json")) as Settings,
  ],
  texts: [
    'import { every, log } from "thimble"; let n = 0; every(5, () => { n++; log(`n=${n}`); });',
    {},
  ],
};

for (const [name, [app, parts]] of Object.entries(apps)) {
  test(`${name}: the rows add up, the largest first`, async () => {
    const { wasm, sizes } = await containerOf(app, parts);
    assert.equal(sizes.totalBytes, wasm.length);
    assert.equal(
      sizes.rows.reduce((sum, { bytes }) => sum + bytes, 0),
      wasm.length,
    );
    const bytes = sizes.rows.map((row) => row.bytes);
    assert.deepEqual(
      bytes,
      bytes.toSorted((a, b) => b - a),
    );
    assert.equal(new Set(sizes.rows.map(({ part }) => part)).size, sizes.rows.length);
  });
}

test("functions are named as in the source, with their place", async () => {
  const { sizes } = await containerOf(
    `import { every, log, random } from "thimble";
import { led } from "thimble/needs";

function twice(): void {
  led.toggle();
  led.toggle();
  if (random() > 5) led.write(true);
}
every(5, () => { twice(); log("a"); });
every(6, () => { twice(); log("b"); });`,
  );
  const parts = sizes.rows.map(({ part }) => part);
  assert.ok(parts.some((part) => /^twice \(app\.ts:[4-8]\)$/.test(part)));
  for (const part of [
    "handler (app.ts:9)",
    "handler (app.ts:10)",
    "start: the top level of the app",
    "imports",
    "static data",
    "headers",
  ])
    assert.ok(parts.includes(part), `${part} is not among ${parts.join("; ")}`);
});

test("functions of the SDK and of the standard library say so", async () => {
  const [app, parts] = apps["thermostat"]!;
  const thermostat = (await containerOf(app, parts)).sizes.rows.map(({ part }) => part);
  assert.ok(
    thermostat.some(
      (part) => part.startsWith("Bme280#") || part.startsWith("bme280/") || part.endsWith("(SDK)"),
    ),
  );
  const texts = (await containerOf(...apps["texts"]!)).sizes.rows.map(({ part }) => part);
  assert.ok(texts.some((part) => part.endsWith("(standard library)")));
});
