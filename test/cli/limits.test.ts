import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { thimble, withExample } from "./thimble.js";

/** Runs the blink example with another source, for a second. */
async function runApp(
  t: TestContext,
  source: string,
  options: { readonly thimble?: object; readonly args?: readonly string[] } = {},
) {
  const folder = withExample(t, "blink");
  writeFileSync(join(folder, "blink", "app.ts"), source);
  const project = { name: "blink", needs: { led: { gpio: "out" } }, ...options.thimble };
  writeFileSync(join(folder, "blink", "thimble.json"), JSON.stringify(project));
  return thimble(folder, "run", "blink", "--for", "1s", "--quiet", ...(options.args ?? []));
}

/** What is wrong is told at this line of the app. */
function assertEnds(err: string, line: number, what: RegExp): void {
  assert.match(err, new RegExp(`^blink.app\\.ts:${line}:\\d+: error: `));
  assert.match(err, what);
}

/** An app that keeps data, so that it has some memory, and does this in its third line when its timer is due. */
const withData = (statement: string): string => `import { every } from "thimble";
let places = memory.data<i32>([100]);
every(500, () => { ${statement} });
`;

test("an endless loop ends at its line", async (t) => {
  const { code, err } = await runApp(
    t,
    `import { every } from "thimble";
let count: i32 = 0;
every(500, () => {
  while (count >= 0) {
    count = (count + 1) & 0xffff;
  }
});
`,
  );
  assert.equal(code, 1);
  assertEnds(err, 4, /ended after 500 ms: an event took longer than limits\.eventMs/);
});

test("an event that is too long ends where a Pico would end it", async (t) => {
  // A turn takes 12 cycles, a millisecond has 125,000.
  const source = (turns: number): string => `import { every } from "thimble";
let sum: i32 = 0;
every(500, () => {
  for (let k = 0; k < ${turns}; k++) sum ^= sum << 1 ^ k;
});
`;
  const limits = { limits: { eventMs: 10 } };
  const short = await runApp(t, source(100_000), { thimble: limits });
  assert.deepEqual([short.code, short.err], [0, ""]);
  assert.match(short.out, /\n {2}time {4}longest event 9\.60 ms of 10 ms\n/);
  assert.equal((await runApp(t, source(105_000), { thimble: limits })).code, 1);
  const free = await runApp(t, source(105_000), { thimble: limits, args: ["--unchecked"] });
  assert.deepEqual([free.code, free.err], [0, ""]);
  assert.doesNotMatch(free.out, /longest/);
});

test("a wild store ends at its line, between the memory and the end of the page and where the address wraps", async (t) => {
  for (const statement of [
    "store<i32>(load<i32>(places) + 4000, 1);",
    "store<i32>(load<i32>(places) + 65400, 1);",
    "store<u8>(load<i32>(places) - 101, 1);",
    "store<i32>(load<i32>(places) - 104, 1, 8);",
    "memory.fill(load<i32>(places) + 4000, 1, 8);",
    "memory.copy(load<i32>(places) - 104, 0, 8);",
  ]) {
    const { code, err } = await runApp(t, withData(statement));
    assert.equal(code, 1, statement);
    assertEnds(err, 3, /ended after 500 ms: an access outside its memory/);
  }
});

test("--unchecked leaves the whole page, and is for the simulator", async (t) => {
  const source = withData("store<i32>(load<i32>(places) + 4000, 1);");
  const { code, err } = await runApp(t, source, { args: ["--unchecked"] });
  assert.deepEqual([code, err], [0, ""]);
  const refused = await runApp(t, source, { args: ["--unchecked", "--on", "emu"] });
  assert.equal(refused.code, 2);
  assert.match(refused.err, /--unchecked is for the simulator/);
});
