import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { engine } from "../../native/engine.js";
import { decode } from "../../../builder/wasm/decode.js";
import { measureNative } from "./measure.js";
import { nativeTable } from "./table.js";
import { workloads } from "./workloads.js";

const kept = workloads.filter(({ module }) => module !== undefined);

for (const workload of kept) {
  const wasm = readFileSync(workload.module!);
  test(`${workload.name} gives its checksum in both modes and in the engine`, () => {
    const { module } = decode(wasm);
    const loaded = engine.load(module!, () => ({ results: [] }));
    assert.ok("instance" in loaded);
    const outcome = loaded.instance.call("run", [BigInt(workload.n)]);
    assert.deepEqual(outcome, { results: [BigInt(workload.checksum)] });
    const [mpu, checked] = [
      measureNative(wasm, workload, "mpu"),
      measureNative(wasm, workload, "checked"),
    ];
    assert.ok(mpu.cycles <= checked.cycles && mpu.bytes <= checked.bytes);
  });
}

test("the table states its model, its ratios and what was left out", () => {
  const measured = { cycles: 100, bytes: 10 };
  const text = nativeTable({
    workloads: [
      {
        name: "one",
        n: 1,
        checksum: 0,
        wasmBytes: 1,
        native: { mpu: { cycles: 120, bytes: 15 }, checked: { cycles: 250, bytes: 30 } },
        gcc: { "-O2": measured, "-Os": measured },
      },
    ],
    median: { mpu: 1.2, checked: 2.5 },
    size: { ratio: 1.5, ratioOs: 1.5 },
    skipped: ["two: no compiler"],
  });
  assert.match(text, /no misses of the flash cache/);
  assert.match(text, /^one +1 +100 +1\.00 +120 +250 +1\.20 +2\.50 +10 +10 +15 +30$/m);
  assert.match(text, /^left out: two: no compiler$/m);
  assert.match(text, /^median: mpu 1\.20, checked 2\.50; size of mpu code: 1\.50 of -O2/m);
});
