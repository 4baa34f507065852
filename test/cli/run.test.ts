import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { filesBelow, newFolder, thimble, withExample } from "./thimble.js";

/** The app that `new` writes, in the folder `app` of a folder that is gone after the test. */
async function withNewApp(t: TestContext): Promise<string> {
  const folder = newFolder(t);
  await thimble(folder, "new", "app");
  return folder;
}

/** Replaces text in a file, which must hold it. */
function edit(file: string, from: string | RegExp, to: string): void {
  const before = readFileSync(file, "utf8");
  const after = before.replace(from, to);
  assert.notEqual(after, before, `${file} does not hold ${from}`);
  writeFileSync(file, after);
}

test("without a terminal: lines of one virtual hour, then the summary", async (t) => {
  const { code, out, err } = await thimble(withExample(t, "blink"), "run", "blink");
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  const lines = out.split("\n");
  assert.match(lines[0]!, /^00:00:00\.\d{3} {2}pin {5}led o/);
  assert.ok(lines.some((line) => line.startsWith("01:00:00.000  pin     led o")));
  assert.match(out, /\n\nblink ran for 1 h in /);
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(out, /\x1b/);
});

test("two runs print the same lines", async (t) => {
  const folder = await withNewApp(t);
  const lines = async (): Promise<string[]> =>
    (await thimble(folder, "run", "app", "--for", "10m")).out
      .split("\n")
      .filter((line) => !line.includes(" ran for "));
  assert.deepEqual(await lines(), await lines());
});

test("--quiet leaves the summary, --json one document", async (t) => {
  const folder = withExample(t, "blink");
  assert.match(
    (await thimble(folder, "run", "blink", "--for", "10s", "--quiet")).out,
    /^blink ran for 10 s in [^\n]+\n {2}events/,
  );
  const { out, err } = await thimble(folder, "run", "blink", "--for", "10s", "--json");
  assert.equal(err, "");
  const document = JSON.parse(out) as Record<string, unknown>;
  assert.equal(document["virtualUs"], 10_000_000);
  assert.equal(document["events"], 20);
  assert.deepEqual(document["outputs"], [{ need: "led", pin: "GP25", changes: 20, state: "off" }]);
});

test("--trace writes a table or a dump, whole or not at all", async (t) => {
  const folder = withExample(t, "blink");
  assert.equal(
    (await thimble(folder, "run", "blink", "--for", "2s", "--trace", "out.csv", "--quiet")).code,
    0,
  );
  const rows = readFileSync(join(folder, "out.csv"), "utf8").trimEnd().split("\n");
  assert.equal(rows[0], "time_us,channel,value");
  assert.deepEqual(rows.slice(-2), ["1500000,pin.GP25,1", "2000000,pin.GP25,0"]);
  assert.equal(
    (await thimble(folder, "run", "blink", "--for", "2s", "--trace", "out.vcd", "--quiet")).code,
    0,
  );
  assert.match(readFileSync(join(folder, "out.vcd"), "utf8"), /\$timescale 1us \$end/);
  const before = filesBelow(folder);
  const failed = await thimble(folder, "run", "blink", "--trace", join("nowhere", "out.csv"));
  assert.equal(failed.code, 3);
  assert.match(failed.err, /^nowhere.out\.csv: error: cannot write this: /);
  assert.deepEqual(filesBelow(folder), before);
});

test("--set replaces a signal by a number or a file, --setting a setting", async (t) => {
  const folder = await withNewApp(t);
  const fan = async (...options: string[]): Promise<unknown> => {
    const { code, out, err } = await thimble(
      folder,
      "run",
      "app",
      "--for",
      "10s",
      "--json",
      ...options,
    );
    assert.deepEqual({ code, err }, { code: 0, err: "" }, out);
    return (JSON.parse(out) as { outputs: { state: string }[] }).outputs[0]?.state;
  };
  assert.equal(await fan("--set", "temperature=30"), "on");
  assert.equal(await fan("--set", "temperature=20"), "off");
  assert.equal(await fan("--set", "temperature=30", "--setting", "limit=35"), "off");
  writeFileSync(join(folder, "warm.csv"), "time,a,b\n0,68,100\n5,68,68\n");
  assert.equal(await fan("--set", "temperature=warm.csv,unit=F,column=b", "--for", "4s"), "on");
  assert.equal(await fan("--set", "temperature=warm.csv,unit=F,column=b"), "off");
  assert.equal(await fan("--set", "temperature=warm.csv,unit=F,column=a"), "off");
  const all = await thimble(
    folder,
    "run",
    "app",
    "--set",
    "temperature=warm.csv,unit=F",
    "--for",
    "all",
    "--quiet",
  );
  assert.match(all.out, /^app ran for 5 s in /);
});

test("an app that ends itself: where in its source, what with, exit code 1", async (t) => {
  const folder = await withNewApp(t);
  const app = join(folder, "app", "app.ts");
  edit(
    app,
    "function measure(): void {",
    "let left: i32 = 3;\n\nfunction measure(): void {\n  left--;\n  extraMilliC = 12 / left;",
  );
  const line = readFileSync(app, "utf8").split("\n").indexOf("  extraMilliC = 12 / left;") + 1;
  const { code, out, err } = await thimble(folder, "run", "app", "--trace", "out.csv");
  assert.equal(code, 1, err);
  assert.match(
    out,
    /\n00:00:06\.\d{3} {2}trap {4}app divide-by-zero at app.app\.ts:\d+:\d+\n\napp ran for 6 s in /,
  );
  assert.match(
    err,
    new RegExp(
      `^app.app\\.ts:${line}:\\d+: error: container app ended after 6 s: integer division by zero\\n`,
    ),
  );
  assert.match(err, new RegExp(`\\n {2}${line} \\| {3}extraMilliC = 12 / left;\\n`));
  // What happened until then is in the trace.
  assert.match(readFileSync(join(folder, "out.csv"), "utf8"), /\n\d+,trap\.app,divide-by-zero\n$/);
});

test("an endless loop ends with the event's time, at its place", async (t) => {
  const folder = await withNewApp(t);
  const app = join(folder, "app", "app.ts");
  edit(
    app,
    "every(2000, measure);",
    "every(2000, measure);\nevery(5000, () => {\n  while (extraMilliC < 9000) {}\n});",
  );
  const line = readFileSync(app, "utf8").split("\n").indexOf("  while (extraMilliC < 9000) {}") + 1;
  const { code, err } = await thimble(folder, "run", "app", "--for", "1m");
  assert.equal(code, 1);
  assert.match(
    err,
    new RegExp(
      `app.app\\.ts:${line}:\\d+: error: container app ended after 5 s: an event took longer than limits\\.eventMs\\n`,
    ),
  );
});

test("a container that was built before runs without its sources", async (t) => {
  const folder = withExample(t, "blink");
  await thimble(folder, "build", "blink");
  rmSync(join(folder, "blink", "app.ts"));
  const container = join("blink", "dist", "blink.wasm");
  assert.match(
    (await thimble(folder, "run", container, "--for", "10s", "--quiet")).out,
    /led {5}switched 20 times/,
  );
});

interface Bad {
  readonly title: string;
  readonly code: number;
  readonly spoil: (folder: string) => void;
  readonly args?: readonly string[];
  readonly says: RegExp;
}

const rig = (folder: string): string => join(folder, "app", "rig.json");

const bad: readonly Bad[] = [
  {
    title: "no rig.json",
    code: 1,
    spoil: (folder) => rmSync(rig(folder)),
    says: /^app.rig\.json: error: there is no rig\.json\n {2}hint: .*--rig/,
  },
  {
    title: "a rig.json that is cut off",
    code: 1,
    spoil: (folder) => writeFileSync(rig(folder), '{\n  "board": "pico",'),
    says: /^app.rig\.json:1:1: error: the \{ of line 1 is never closed\n/,
  },
  {
    title: "a field that rig.json does not have",
    code: 1,
    spoil: (folder) => edit(rig(folder), '"wiring"', '"wirings"'),
    says: /^app.rig\.json:4:3: error: .*"?wirings"?[^]*\n {2}4 \| {3}"wirings"[^]*hint: .*wiring/,
  },
  {
    title: "a need that is wired to nothing",
    code: 1,
    spoil: (folder) => edit(rig(folder), '"fan": "GP15",\n', ""),
    says: /^app.rig\.json:\d+:\d+: error: .*fan/,
  },
  {
    title: "two needs on one pin",
    code: 1,
    spoil: (folder) => edit(rig(folder), '"pin": "GP14", "active"', '"pin": "GP15", "active"'),
    says: /^app.rig\.json:\d+:\d+: error: .*GP15/,
  },
  {
    title: "a pin that does not exist",
    code: 1,
    spoil: (folder) => edit(rig(folder), '"fan": "GP15"', '"fan": "GP99"'),
    says: /^app.rig\.json:6:12: error: .*GP99/,
  },
  {
    title: "a CSV file that does not exist, named by the rig",
    code: 1,
    spoil: (folder) => edit(rig(folder), /"sine": \{[^}]*\}/, '"csv": "room.csv"'),
    says: /^app.rig\.json:\d+:\d+: error: there is no CSV file app.room\.csv\n {2}\d+ \|/,
  },
  {
    title: "a CSV file with a bad row",
    code: 1,
    spoil: (folder) => writeFileSync(join(folder, "room.csv"), "time,value\n0,20\n60,warm\n"),
    args: ["--set", "temperature=room.csv"],
    says: /^room\.csv:3:4: error: "warm" is not a number\n {2}3 \| 60,warm\n {4}\| {4}\^{4}\n {2}hint: /,
  },
  {
    title: "a signal that the rig does not have",
    code: 2,
    spoil: () => undefined,
    args: ["--set", "temprature=3"],
    says: /^error: there is no signal "temprature"\n {2}hint: Did you mean "temperature"\?\n$/,
  },
  {
    title: "a setting out of its range",
    code: 2,
    spoil: () => undefined,
    args: ["--setting", "limit=41"],
    says: /^error: setting limit goes from 10 to 40, so 41 is out of its range\n {2}hint: Write --setting limit=40, /,
  },
  {
    title: "an import outside the contract",
    code: 1,
    spoil: (folder) =>
      edit(
        join(folder, "app", "app.ts"),
        /$/,
        '\n@external("env", "escape")\ndeclare function escape(): void;\nescape();\n',
      ),
    says: /^app.app\.ts:\d+:\d+: error: .*escape/,
  },
];

for (const { title, code, spoil, args = [], says } of bad) {
  test(`bad input: ${title}`, async (t) => {
    const folder = await withNewApp(t);
    spoil(folder);
    const ended = await thimble(folder, "run", "app", "--for", "1m", ...args);
    assert.match(ended.err, says);
    assert.deepEqual({ code: ended.code, out: ended.out }, { code, out: "" });
    const json = await thimble(folder, "run", "app", "--for", "1m", "--json", ...args);
    assert.deepEqual({ code: json.code, err: json.err }, { code, err: "" });
    assert.equal((JSON.parse(json.out) as { ok: boolean }).ok, false);
  });
}

const spoiledContainers: readonly (readonly [
  title: string,
  spoil: (bytes: Buffer) => Uint8Array,
  message: string,
])[] = [
  ["truncated", (bytes) => bytes.subarray(0, 50), "this container is truncated: it has 50 of "],
  [
    "altered",
    (bytes) => bytes.map((byte, index) => (index === 60 ? byte ^ 1 : byte)),
    "this is not the container that the manifest beside it describes",
  ],
  [
    "replaced by a text",
    () => Buffer.from("hello ".repeat(99)),
    "this is not the container that the manifest beside it describes",
  ],
];

for (const [title, spoil, message] of spoiledContainers) {
  test(`bad input: a container that was ${title}`, async (t) => {
    const folder = withExample(t, "blink");
    await thimble(folder, "build", "blink");
    const container = join("blink", "dist", "blink.wasm");
    writeFileSync(join(folder, container), spoil(readFileSync(join(folder, container))));
    const { code, out, err } = await thimble(folder, "run", container);
    assert.deepEqual({ code, out }, { code: 1, out: "" });
    assert.ok(err.startsWith(`${container}: error: ${message}`), err);
    assert.match(err, /\n {2}hint: Repeat "thimble build"\.\n/);
  });
}
