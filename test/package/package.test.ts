import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { after, before, describe, test } from "node:test";
import { isOffline, npm, typed } from "../helpers/npm.js";
import { packagePath, root } from "../helpers/root.js";

const installedBytesMax = 130e6;
const cloneBytesMax = 200e6;

/** Every file of the package is one of these. */
const meant = [
  /^(package\.json|README\.md|SPEC\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/(builder|runtime)\/.*(?<!\.test)(\.js|\.d\.ts)$/,
  /^builder\/cli\/(thimble\.js|template\/.*)$/,
  /^(builder\/project\/thimble|runtime\/rig\/rig)\.schema\.json$/,
  /^runtime\/firmware\/(core\.wasm|helpers\.bin|pico\.(bin|json|uf2)|selftest\.uf2)$/,
  /^sdk\/(assembly\/.*\.ts|wit\/thimble\.wit)$/,
  /^examples\/[a-z0-9-]+\/(app\.ts|thimble\.json|rig\.json|tsconfig\.json|README\.md|[a-z]+\.csv|tests\/[a-z-]+\.scenario)$/,
];

/** What cannot be missing: one of each kind. */
const required = [
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
  "SPEC.md",
  "builder/cli/thimble.js",
  "builder/cli/template/gitignore",
  "builder/project/thimble.schema.json",
  "dist/builder/cli/main.js",
  "dist/builder/cli/testing.d.ts",
  "dist/builder/compile/build.d.ts",
  "examples/blink/app.ts",
  "examples/thermostat/rig.json",
  "runtime/firmware/core.wasm",
  "runtime/firmware/pico.bin",
  "runtime/firmware/pico.json",
  "runtime/firmware/selftest.uf2",
  "runtime/rig/rig.schema.json",
  "sdk/assembly/drivers/bme280.ts",
  "sdk/wit/thimble.wit",
];

const testOptions = { module: "nodenext", target: "es2022", strict: true };
/** A test of the new app in TypeScript, in a folder that has no types but those of the package. */
const fanTest = `import { boot, type TestDevice } from "thimble/testing";
const device: TestDevice = await boot(".", { signals: { temperature: 25 } });
device.expectPin("fan", true, { within: "3s" });
const text: string = device.expectMessage("room", { within: "2s" }).text;
if (!text.startsWith("{")) throw new Error(text);
`;

/** Bytes of all files below a folder, those of folders named .cache apart. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((bytes, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === ".cache" ? bytes : bytes + bytesBelow(path);
    return entry.isFile() ? bytes + statSync(path).size : bytes;
  }, 0);
}

/** As one word of any shell. */
const quoted = (word: string): string => `"${word}"`;

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

test(`what npm ci brings is at most ${megabytes(cloneBytesMax)}`, () => {
  const bytes = bytesBelow(packagePath("node_modules"));
  console.log(`npm ci brings ${megabytes(bytes)}, at most ${megabytes(cloneBytesMax)}`);
  assert.ok(bytes <= cloneBytesMax);
});

describe("the packed package", () => {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "thimble-package-")));
  const user = join(parent, "user");
  let packed: { filename: string; files: { path: string; size: number }[] };
  let offline: string | false = false;

  before(() => {
    // The build is there already; packing would repeat it under the feet of the tests.
    const pack = npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", parent);
    assert.equal(pack.code, 0, pack.err);
    packed = (JSON.parse(pack.out) as [typeof packed])[0];
    mkdirSync(user);
    writeFileSync(join(user, "package.json"), '{ "private": true }\n');
    const install = npm(user, "install", "--prefer-offline", `../${packed.filename}`);
    if (isOffline(install)) offline = "npm reaches no registry and its cache does not have all";
    else assert.equal(install.code, 0, install.err);
  });

  after(() => rmSync(parent, { recursive: true, force: true }));

  test("holds what is meant, and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    assert.deepEqual(
      paths.filter((path) => !meant.some((pattern) => pattern.test(path))),
      [],
    );
    assert.deepEqual(
      required.filter((path) => !paths.includes(path)),
      [],
    );
  });

  test("holds no compiled file whose source is gone", () => {
    const stale = packed.files
      .map(({ path }) => path)
      .filter((path) => /^dist\/.*\.js$/.test(path))
      .filter((path) => !existsSync(packagePath(path.replace(/^dist\/(.*)\.js$/, "$1.ts"))));
    assert.deepEqual(stale, []);
  });

  test(`installs in at most ${megabytes(installedBytesMax)}`, (t) => {
    if (offline !== false) return t.skip(offline);
    const bytes = bytesBelow(join(user, "node_modules"));
    const own = bytesBelow(join(user, "node_modules", "thimble"));
    console.log(
      `the packed package installs as ${megabytes(bytes)}, at most ${megabytes(installedBytesMax)}; ${megabytes(own)} of it are its own`,
    );
    assert.ok(bytes <= installedBytesMax);
  });

  test("writes an app that builds and runs by the lines it prints", (t) => {
    if (offline !== false) return t.skip(offline);
    const created = typed(user, "npx thimble new ../my-app");
    assert.equal(created.code, 0, created.err);
    const lines = created.out.split("\n").filter((line) => line.startsWith("  "));
    assert.equal(lines.length, 3, created.out);
    const ran = typed(user, ...lines.map((line) => line.trim()));
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.out, /message room \{"temperature":\d+\.\d{3},"fan":[01]\}/);
    assert.match(ran.out, /my-app ran for 1 h/);
    const editor = [packagePath("node_modules", "typescript", "bin", "tsc"), "--noEmit", "-p", "."];
    const checked = typed(
      join(parent, "my-app"),
      [process.execPath, ...editor].map(quoted).join(" "),
    );
    assert.equal(checked.out, "");
    const built = typed(join(parent, "my-app"), "npx thimble build");
    assert.equal(built.code, 0, built.err);
    assert.ok(statSync(join(parent, "my-app", "dist", "my-app.wasm")).size < 1300);
    const emulated = typed(join(parent, "my-app"), "npx thimble run --on emu --for 1m");
    assert.equal(emulated.code, 0, emulated.err);
    assert.match(emulated.out, /my-app ran for 1 min/);
    const tested = typed(join(parent, "my-app"), "npx thimble test");
    assert.equal(tested.code, 0, tested.out);
    assert.match(tested.out, /2 scenarios: 2 passed/);
    const tests = join(parent, "my-app", "tests");
    writeFileSync(join(tests, "tsconfig.json"), JSON.stringify({ compilerOptions: testOptions }));
    writeFileSync(join(tests, "fan.mts"), fanTest);
    const compiled = typed(tests, [process.execPath, editor[0]!, "-p", "."].map(quoted).join(" "));
    assert.equal(compiled.out, "");
    const booted = typed(
      join(parent, "my-app"),
      [process.execPath, join("tests", "fan.mjs")].map(quoted).join(" "),
    );
    assert.equal(booted.code, 0, booted.err);
    const flashed = typed(join(parent, "my-app"), "npx thimble flash --dry-run");
    assert.equal(flashed.code, 0, flashed.err);
    assert.ok(statSync(join(parent, "my-app", "my-app.uf2")).size % 512 === 0);
  });

  test("builds the same bytes as the clone does, in another folder", (t) => {
    if (offline !== false) return t.skip(offline);
    const containers = [join(user, "node_modules", "thimble"), root].map((from, index) => {
      const folder = join(parent, `place-${index}`, "thermostat");
      const ours = (path: string): boolean => !/^(dist|\.thimble)$/.test(path.split(sep).at(-1)!);
      cpSync(join(from, "examples", "thermostat"), folder, { recursive: true, filter: ours });
      const bin = join(from, "builder", "cli", "thimble.js");
      const built = typed(folder, [process.execPath, bin, "build"].map(quoted).join(" "));
      assert.equal(built.code, 0, built.err);
      return readFileSync(join(folder, "dist", "thermostat.wasm"));
    });
    assert.deepEqual(containers[0], containers[1]);
  });
});

test("the command is executable as it lies in the clone, which older versions of npx need", (t) => {
  if (process.platform === "win32") return t.skip("Windows has no such mode");
  assert.equal(statSync(packagePath("builder", "cli", "thimble.js")).mode & 0o111, 0o111);
});

test("npx runs the command in the clone itself", () => {
  const { code, out, err } = typed(root, "npx thimble run examples/thermostat");
  assert.equal(code, 0, err);
  assert.match(out, /thermostat ran for 1 h/);
});
