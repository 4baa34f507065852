import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { VersionChanges } from "../../runtime/manifest/compare.js";
import { newFolder, thimble } from "./thimble.js";

const first = `import { every, persistent } from "thimble";
import { led } from "thimble/needs";
class State { presses: i32 = 0; level: i32 = 5; gone: bool = true; }
const state = persistent<State>();
every(500, () => { led.toggle(); state.presses++; state.level--; state.gone = false; });
`;
const second = `import { every, persistent, was } from "thimble";
import { fan, led } from "thimble/needs";
class State { @was("presses") total: i32 = 0; level: f32 = 5; fresh: u8 = 1; }
const state = persistent<State>();
every(500, () => { led.toggle(); fan.setDuty(500); state.total++; state.level -= 1; state.fresh++; });
`;

/** A folder with the app, built once, and then changed into its second version. */
async function twoVersions(t: TestContext): Promise<string> {
  const folder = newFolder(t);
  mkdirSync(join(folder, "app"));
  const write = (app: string, needs: object): void => {
    writeFileSync(join(folder, "app", "app.ts"), app);
    writeFileSync(join(folder, "app", "thimble.json"), JSON.stringify({ name: "app", needs }));
  };
  write(first, { led: { gpio: "out" } });
  const { code, err } = await thimble(folder, "build", "app");
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  write(second, { led: { gpio: "out" }, fan: { pwm: "out" } });
  return folder;
}

const lost = [
  'app.dist.app.manifest\\.json: warning: the value of "level" would be lost: it was i32 and is f32 now',
  "  hint: Keep a field `level: i32`, and call the new one differently\\.",
  "",
  'app.dist.app.manifest\\.json: warning: the value of "gone" \\(bool\\) would be lost: no field of the state has or had this name and type',
  '  hint: If it is only called differently now, write `@was\\("gone"\\)` at its field\\.',
  "",
].join("\n");

test("--against tells what moves, is new and is lost; that is no error, and the old version may be written over", async (t) => {
  const folder = await twoVersions(t);
  const { code, out, err } = await thimble(folder, "build", "app", "--against", "app/dist");
  assert.equal(code, 0);
  assert.match(out, /\nin place of app.dist.app\.manifest\.json\n/);
  assert.match(out, /\n {4}total +moves, was presses\n {4}fresh +new, begins with its default\n/);
  assert.match(out, /\n {4}level +lost, was i32 and is f32 now\n {4}gone +lost, bool: no field/);
  assert.match(out, /\n {2}needs\n {4}fan +more is asked for: pwm\n/);
  assert.match(out, /\n {4}container +\d+ B, was \d+ B\n/);
  assert.match(err, new RegExp(`^${lost}\\n2 warnings\\n$`));
  const again = await thimble(folder, "build", "app", "--against", "app/dist");
  assert.match(again.out, /\n {4}total +moves\n {4}level +moves\n {4}fresh +moves\n/);
  assert.equal(again.err, "");
});

test("with --json the same as data", async (t) => {
  const folder = await twoVersions(t);
  const args = ["build", "app", "--against", "app/dist/app.oci.tar", "--json"];
  const { code, out, err } = await thimble(folder, ...args);
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  const { against, diagnostics } = JSON.parse(out) as {
    against: VersionChanges & { file: string };
    diagnostics: { severity: string; code: string }[];
  };
  assert.match(against.file, /^app.dist.app\.oci\.tar$/);
  assert.deepEqual(against.state, {
    moved: [{ from: "presses", to: "total", type: "i32" }],
    added: ["fresh"],
    lost: [
      { name: "level", type: "i32", becauseType: "f32" },
      { name: "gone", type: "bool" },
    ],
  });
  assert.deepEqual(against.needs.added, [{ name: "fan", kind: "pwm" }]);
  assert.deepEqual(
    diagnostics.map(({ severity, code: found }) => `${severity} ${found}`),
    ["warning state-lost", "warning state-lost"],
  );
});

test("what is built already is held against an older version too", async (t) => {
  const folder = await twoVersions(t);
  await thimble(folder, "build", "app", "--out", "new");
  const { code, out } = await thimble(
    folder,
    "build",
    "new/app.wasm",
    "--against",
    "app/dist/app.wasm",
  );
  assert.equal(code, 0);
  assert.match(
    out,
    /^in place of app.dist.app\.wasm\n\n {2}state\n {4}total +moves, was presses\n/,
  );
});

test("another app, and what is no version", async (t) => {
  const folder = await twoVersions(t);
  const against = async (path: string): Promise<string> =>
    (await thimble(folder, "build", "app", "--out", "new", "--against", path)).err;
  const manifest = readFileSync(join(folder, "app", "dist", "app.manifest.json"), "utf8");
  mkdirSync(join(folder, "empty"));
  writeFileSync(join(folder, "other.json"), manifest.replace('"app"', '"other"'));
  writeFileSync(join(folder, "broken.json"), manifest.replace('"i32"', '"text"'));
  assert.match(
    await against("other.json"),
    /^other\.json: warning: this is a version of "other", and "app" would not take its place\n/,
  );
  assert.match(
    await against("empty"),
    /^empty: error: there is no manifest in this folder\n {2}hint:/,
  );
  assert.match(await against("nowhere.json"), /^nowhere\.json: error: there is no such manifest\n/);
  assert.match(
    await against("broken.json"),
    /^broken\.json:\d+:\d+: error: state\.fields\[0\]\.type/,
  );
});
