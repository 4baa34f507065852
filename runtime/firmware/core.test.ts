import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { packagePath, root } from "../../test/helpers/root.js";
import { digestOf, sourceDigest } from "./compile.js";
import { readSources } from "./sources.js";

const core = readFileSync(packagePath("runtime", "firmware", "core.wasm"));
const module = new WebAssembly.Module(core);

test("core.wasm has been made from the sources as they are: else run `npm run core`", async () => {
  assert.deepEqual(digestOf(core), await sourceDigest(readSources(root)));
});

test("core.wasm has at most 16 KB", (context) => {
  context.diagnostic(`core.wasm: ${core.length} bytes`);
  assert.ok(core.length <= 16 * 1024);
});

test("core.wasm asks for nothing but the port", () => {
  const imports = WebAssembly.Module.imports(module);
  assert.deepEqual([...new Set(imports.map((item) => item.module))], ["port"]);
  assert.ok(imports.every((item) => item.kind === "function"));
});

test("core.wasm tells no path and no time", () => {
  const text = core.toString("latin1");
  for (const trace of ["/tmp", "home", "node_modules", ".c\0", "clang", "202"])
    assert.ok(!text.includes(trace), trace);
});
