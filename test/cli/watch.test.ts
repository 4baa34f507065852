import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { mainFile, newFolder, thimble } from "./thimble.js";

/** Longer than any step of these tests takes on a busy machine. */
const patienceMs = 60_000;

/** `thimble run --watch ARGS` as a process of its own, on the files of this machine. */
class Watched {
  out = "";
  err = "";
  readonly #child;
  readonly #ended: Promise<number | null>;
  #read = 0;
  #wake: () => void = () => undefined;

  constructor(t: TestContext, folder: string, ...args: string[]) {
    const env = { ...process.env, FORCE_COLOR: undefined, THIMBLE_DEBUG: undefined };
    this.#child = spawn(process.execPath, [mainFile, "run", "--watch", ...args], {
      cwd: folder,
      env,
    });
    t.after(() => this.#child.kill("SIGKILL"));
    this.#ended = new Promise((resolve) => this.#child.on("exit", resolve));
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.out += text;
      this.#wake();
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.err += text;
      this.#wake();
    });
  }

  /** Waits for a line after those that were waited for before, and returns what matched. */
  line(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(pattern, () => {
      const found = pattern.exec(this.out.slice(this.#read));
      if (found !== null) this.#read += found.index + found[0].length;
      return found;
    });
  }

  /** Waits for a finding on standard error. */
  finding(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(pattern, () => pattern.exec(this.err));
  }

  async #until(pattern: RegExp, find: () => RegExpExecArray | null): Promise<RegExpExecArray> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), patienceMs);
    try {
      for (;;) {
        const found = find();
        if (found !== null) return found;
        if (this.#child.exitCode !== null || this.#child.signalCode !== null)
          assert.fail(`no ${pattern} in:\n${this.out}\n${this.err}`);
        await Promise.race([new Promise<void>((resolve) => (this.#wake = resolve)), this.#ended]);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Breaks it off as Ctrl-C does, and returns its exit code. */
  interrupt(): Promise<number | null> {
    this.#child.kill("SIGINT");
    return this.#ended;
  }
}

const source = (
  fields: string,
  step: string,
): string => `import { every, persistent } from "thimble";
import { ticks } from "thimble/needs";

class State {
${fields}
}

const state = persistent<State>();

every(1000, () => {
  ${step}
  ticks.publish(state.count);
});
`;

/** An app that counts seconds, in a folder of its own. */
function withCounter(t: TestContext): { folder: string; file: string } {
  const folder = newFolder(t);
  const files = {
    "thimble.json":
      '{ "name": "counter", "needs": { "ticks": { "publish": "ticks", "fields": { "count": 0 } } }, "health": { "seconds": 3, "events": 2 } }',
    "rig.json": '{ "board": "pico", "wiring": {}, "simulation": { "speed": 20 } }',
    "app.ts": source("  count: i32 = 0;\n  old: i32 = 0;", "state.count++;"),
  };
  mkdirSync(join(folder, "counter"));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, "counter", name), text);
  return { folder, file: join(folder, "counter", "app.ts") };
}

test("an edit is swapped in with its state; one that fails is taken back", async (t) => {
  const { folder, file } = withCounter(t);
  const run = new Watched(t, folder, "counter");
  await run.line(/message ticks \{"count":5\}/);

  writeFileSync(file, source("  count: i32 = 0;\n  fresh: u8 = 7;", "state.count += 100;"));
  await run.line(/swap {4}counter version 1 on trial\n/);
  await run.line(/swap {4}counter moved count\n.*swap {4}counter new fresh\n.*counter lost old\n/);
  await run.line(/counter took \d+ ms from the edit, \d+ ms of them the build\n/);
  const [, count] = await run.line(/message ticks \{"count":(\d+)\}/);
  assert.ok(Number(count) > 105 && Number(count) < 1000, `the count is ${count}`);
  await run.line(/swap {4}counter version 1 kept\n/);

  // As editors that never leave half a file behind.
  writeFileSync(
    `${file}~`,
    source("  count: i32 = 0;", "state.count = 100 / i32(state.count < 0);"),
  );
  renameSync(`${file}~`, file);
  await run.line(/counter version 2 on trial\n/);
  await run.line(/trap {4}counter divide-by-zero at counter.app\.ts:11:\d+\n/);
  await run.line(/counter version 1 back: divide-by-zero at counter.app\.ts:11:\d+\n/);
  const [, after] = await run.line(/message ticks \{"count":(\d+)\}/);
  assert.equal(Number(after) % 100, Number(count) % 100);

  writeFileSync(file, readFileSync(file, "utf8").replace("state.count =", "state.cout ="));
  await run.line(/counter cannot be built as it is now; the version before goes on\n/);
  await run.line(/message ticks/);
  await run.finding(/counter.app\.ts:11:\d+: error: .*cout/);
  assert.equal(await run.interrupt(), 0);
  await run.line(/\n\ncounter ran for /);
});

test("a file that an app begins to import is followed, in a folder that was not there", async (t) => {
  const { folder, file } = withCounter(t);
  const run = new Watched(t, folder, "counter");
  await run.line(/message ticks/);
  const text = source("  count: i32 = 0;", "state.count += step;");
  writeFileSync(file, `import { step } from "./lib/step";\n${text}`);
  await run.line(/counter cannot be built as it is now/);
  await run.finding(/counter.app\.ts:1:\d+: error: File 'lib.step\.ts' not found/);
  mkdirSync(join(folder, "counter", "lib"));
  const step = join(folder, "counter", "lib", "step.ts");
  writeFileSync(step, "export const step: i32 = 100;\n");
  await run.line(/counter version 1 kept\n/);
  writeFileSync(step, "export const step: i32 = 1000;\n");
  await run.line(/counter version 2 kept\n/);
  assert.equal(await run.interrupt(), 0);
});

test("another thimble.json is wired anew; other surroundings wait for the next run", async (t) => {
  const folder = newFolder(t);
  await thimble(folder, "new", "app");
  const path = (name: string): string => join(folder, "app", name);
  const edit = (name: string, from: string, to: string): void => {
    const text = readFileSync(path(name), "utf8");
    assert.ok(text.includes(from));
    writeFileSync(path(name), text.replace(from, to));
  };
  const run = new Watched(t, folder, "app");
  await run.line(/message room/);
  edit(
    "thimble.json",
    '"fan": { "gpio": "out" }',
    '"fan": { "gpio": "out" }, "light": { "gpio": "out" }',
  );
  await run.line(/app cannot be built as it is now/);
  await run.finding(/rig\.json:\d+:\d+: error: the need "light" \(gpio-out\) is wired to nothing/);
  edit("rig.json", '"fan": "GP15"', '"fan": "GP15", "light": "GP16"');
  await run.line(/swap {4}app version 1 on trial/);
  edit("rig.json", '"speed": 10', '"speed": 20');
  await run.line(/app the surroundings in rig\.json have changed: they come with the next run/);
  edit("thimble.json", '"name": "app"', '"name": "other"');
  await run.finding(/error: other is another app than app, of which it should be a version/);
  await run.line(/app cannot be built as it is now/);
  assert.equal(await run.interrupt(), 0);
});

for (const [args, says] of [
  [["--on", "emu"], /--watch is for the simulator/],
  [["--json"], /--watch tells what happens when it happens/],
  [["dist/app.wasm"], /--watch builds apps from their sources, and dist\/app\.wasm is built/],
] as const) {
  test(`wrong command line: run --watch ${args.join(" ")}`, async (t) => {
    const { code, out, err } = await thimble(newFolder(t), "run", "--watch", ...args);
    assert.equal(code, 2);
    assert.match(out + err, says);
  });
}
