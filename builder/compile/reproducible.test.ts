import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { containerOf, type App, type Settings } from "../../test/helpers/container.js";
import type { Container } from "./build.js";

const app: App = {
  "app.ts": `import { every, log } from "thimble";
import { Bme280 } from "thimble/drivers";
import { climate, led, settings } from "thimble/needs";
import { note } from "./note";
const sensor = Bme280.on(climate);
every(5, () => { sensor.measure(() => { if (sensor.read()) led.write(sensor.temperatureMilliC() < settings.target); }); note(); });
log(\`two
lines\`);
`,
  "note.ts": `import { log } from "thimble";\nlet n = 0;\nexport function note(): void {\n  n++;\n  log("note " + n.toString());\n}\n`,
};
const parts: Settings = {
  needs: { led: { gpio: "out" }, climate: { i2c: "0x76" } },
  settings: { target: { type: "decimal", decimals: 3, default: 21, min: 5, max: 30 } },
};

function everything({ wasm, manifestText, debugWasm, sourceMap, sizes }: Container): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  return [hex(wasm), manifestText, hex(debugWasm), sourceMap, JSON.stringify(sizes)].join("\n");
}

/** Where this file is run as a program, it prints what the build gives. */
if (process.argv.includes("--print")) {
  process.stdout.write(everything(await containerOf(app, parts)));
  process.exit();
}

test("the tenth build in a process gives the bytes of the first, with other builds between", async () => {
  const first = everything(await containerOf(app, parts));
  for (let k = 0; k < 9; k++) {
    await containerOf(
      `import { every } from "thimble"; import { led } from "thimble/needs"; every(${k}, () => { led.toggle(); });`,
      k % 2 ? { needs: { relay: { gpio: "out" }, led: { gpio: "out" } } } : {},
    );
    assert.equal(everything(await containerOf(app, parts)), first);
  }
});

test("another process in another folder gives the same bytes", async () => {
  const self = fileURLToPath(import.meta.url);
  const other = execFileSync(process.execPath, [self, "--print"], {
    cwd: tmpdir(),
    encoding: "utf8",
  });
  assert.equal(other, everything(await containerOf(app, parts)));
});

test("lines that end in CR LF give the same container, source map and all", async () => {
  const crlf = Object.fromEntries(
    Object.entries(app).map(([name, text]) => [name, text.replaceAll("\n", "\r\n")]),
  );
  assert.equal(
    everything(await containerOf(crlf, parts)),
    everything(await containerOf(app, parts)),
  );
});

test("so does a byte order mark", async () => {
  const marked = Object.fromEntries(
    Object.entries(app).map(([name, text]) => [name, `\u{feff}${text}`]),
  );
  assert.deepEqual((await containerOf(marked, parts)).wasm, (await containerOf(app, parts)).wasm);
});
