import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileNative, type NativeOptions } from "../../builder/native/compile.js";
import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import type { CallResult } from "../../runtime/emulator/cortex/machine.js";
import { nativeGuests } from "../../runtime/emulator/cortex/native-container.js";
import { createCsvTrace } from "../../runtime/emulator/trace/csv.js";
import { helperTable } from "../../runtime/firmware/helpers.js";
import { buildExample, exampleNames, simulateExample } from "../helpers/examples.js";
import { packagePath } from "../helpers/root.js";

const helpers = readFileSync(packagePath("runtime", "firmware", "helpers.bin"));

/** What native containers have cost. */
interface Effort {
  calls: number;
  cycles: number;
  misaligned: number;
  stackBytes: number;
}

/** The guests of a run in machine code, and the sum of their calls. */
function guests(bounds: NativeOptions["bounds"]) {
  const effort: Effort = { calls: 0, cycles: 0, misaligned: 0, stackBytes: 0 };
  const createGuest = nativeGuests({
    compile: (wasm, manifest) => {
      const { memoryBytes } = manifest.limits;
      const { native, diagnostics } = compileNative(wasm, { bounds, memoryBytes });
      if (native === undefined) throw new DiagnosticError(diagnostics);
      return native;
    },
    helpers,
    helperCount: helperTable.length,
    onCall: (_, { cycles, misaligned, stackBytes }: CallResult) => {
      effort.calls++;
      effort.cycles += cycles;
      effort.misaligned += misaligned;
      effort.stackBytes = Math.max(effort.stackBytes, stackBytes);
    },
  });
  return { effort, createGuest };
}

/** The last time in a trace. */
function lastTimeUs(csv: string): number {
  return Number(csv.trimEnd().split("\n").at(-1)!.split(",")[0]);
}

for (const name of exampleNames()) {
  for (const bounds of ["mpu", "checked"] as const) {
    test(`${name} in machine code, ${bounds}, lives as expected.csv says`, async (context) => {
      const expected = readFileSync(packagePath("examples", name, "expected.csv"), "utf8");
      const { effort, createGuest } = guests(bounds);
      let text = "";
      const trace = createCsvTrace((part) => (text += part));
      const { simulation } = await simulateExample(name, await buildExample(name), {
        sink: trace.sink,
        createGuest,
      });
      simulation.advanceTo(lastTimeUs(expected));
      trace.end();
      assert.equal(text, expected);
      context.diagnostic(
        `${effort.calls} calls, ${effort.cycles} cycles by the model without cache misses, ${effort.stackBytes} bytes of stack`,
      );
    });
  }
}
