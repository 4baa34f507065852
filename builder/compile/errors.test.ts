import assert from "node:assert/strict";
import { test } from "node:test";
import {
  buildApp,
  projectOf,
  sdkFile,
  type App,
  type Settings,
} from "../../test/helpers/container.js";
import { build } from "./build.js";

const imports = `import { every } from "thimble";\nimport { led } from "thimble/needs";\n`;

/** The first error, as `file:line:column+length code`. */
async function firstError(app: App, parts: Settings = {}): Promise<[string, string, string]> {
  const { container, diagnostics } = await buildApp(app, parts);
  assert.equal(container, undefined);
  const error = diagnostics.find(({ severity }) => severity === "error");
  const { file, line, column, length, code, message, hint } = error!;
  return [`${file}:${line}:${column}+${length} ${code}`, message, hint ?? ""];
}

for (const { what, app, parts = {}, place, message, hint = /^/ } of [
  {
    what: "a type error",
    app: `${imports}every(5, () => {\n  led.write("on");\n});`,
    place: "app.ts:4:13+4 compiler-2322",
    message: /String.*is not assignable to type 'bool'/,
  },
  {
    what: "a type error in an imported file of the name of an SDK file",
    app: {
      "app.ts": `import { f } from "./gpio";\nf();`,
      "gpio.ts": `// 1\n// 2\nexport function f(): i32 {\n  return "x";\n}`,
    },
    place: "gpio.ts:4:10+3 compiler-2322",
    message: /is not assignable to type 'i32'/,
  },
  {
    what: "a syntax error",
    app: `${imports}every(5, () => {\n  const x = ;\n});`,
    place: "app.ts:4:13+1 compiler-1109",
    message: /Expression expected/,
  },
  {
    what: "a need that is not declared",
    app: `import { every } from "thimble";\nimport { lamp } from "thimble/needs";\nevery(5, () => { lamp.toggle(); });`,
    place: "app.ts:2:10+4 compiler-2305",
    message: /^Module 'thimble\/needs' has no exported member 'lamp'$/,
  },
  {
    what: "a file that is not there",
    app: `${imports}import { f } from "./filter";\nf();`,
    place: "app.ts:3:19+10 compiler-6054",
    message: /^File 'filter.ts' not found$/,
  },
  {
    what: "the main file is not there",
    app: {},
    parts: { main: "src/main.ts" },
    place: "src/main.ts:undefined:undefined+undefined missing-file",
    message: /src\/main.ts/,
  },
  {
    what: "a variable used by a handler above it",
    app: `${imports}every(5, () => { count++; });\nlet count = 0;`,
    place: "app.ts:3:18+5 compiler-2448",
    message: /used before its declaration/,
    hint: /^Declare it above/,
  },
  {
    what: "an import of something else",
    app: `${imports}\ndeclare function open(door: i32): void;\nevery(5, () => { open(1); });`,
    place: "app.ts:4:18+4 contract-import",
    message: /^the container imports app.open, which is not in the contract/,
  },
  {
    what: "a contract function by a name that is nearly right, in an imported file",
    app: {
      "app.ts": `${imports}import { f } from "./lib/raw";\nevery(5, f);`,
      "lib/raw.ts": `// @ts-ignore: decorator\n@external("gpio", "togle")\nexport declare function flip(pin: u32): void;\nexport function f(): void { flip(0); }`,
    },
    place: "lib/raw.ts:3:25+4 contract-import",
    message: /^the container imports gpio.togle, which is not in the contract/,
    hint: /^Did you mean gpio.toggle\?$/,
  },
  {
    what: "a contract function with another signature",
    app: `${imports}// @ts-ignore: decorator\n@external("gpio", "toggle")\ndeclare function flip(pin: u32, times: u64): void;\nevery(5, () => { flip(0, 2); });`,
    place: "app.ts:5:18+4 contract-signature",
    message:
      /^the container imports gpio.toggle as \(i32, i64\) -> nothing, and the contract .* has \(i32\) -> nothing$/,
  },
  {
    what: "a contract function whose need is not declared",
    app: `${imports}// @ts-ignore: decorator\n@external("adc", "read")\ndeclare function sample(pin: u32): u32;\nevery(5, () => { led.write(sample(0) > 9); });`,
    place: "app.ts:5:18+6 contract-need",
    message: /^the container calls adc.read and declares no need of the kind adc$/,
  },
  {
    what: "a health rule that no version could keep",
    app: `${imports}every(5, () => { led.toggle(); });`,
    parts: { health: { confirm: true } },
    place: "app.ts:undefined:undefined+undefined health-confirm",
    message: /^health.confirm in thimble.json asks for confirm\(\), and the app never calls it$/,
    hint: /^Call `confirm\(\)`/,
  },
  {
    what: "state that the builder knows nothing of",
    app: `${imports}// @ts-ignore: decorator\n@external("state", "bind")\ndeclare function keep(at: usize, length: u32): u32;\nkeep(memory.data(8), 8);\nevery(5, () => {});`,
    place: "app.ts:5:18+4 state-place",
    message: /^the container calls state.bind, and the builder knows no class of the state$/,
    hint: /persistent<State>\(\)/,
  },
  {
    what: "an app that does nothing",
    app: `export function f(): i32 { return 1; }`,
    place: "app.ts:undefined:undefined+undefined contract-start",
    message: /^the container has no start function$/,
    hint: /every\(500/,
  },
] as readonly {
  what: string;
  app: App;
  parts?: Settings;
  place: string;
  message: RegExp;
  hint?: RegExp;
}[]) {
  test(`${what}: ${place}`, async () => {
    const found = await firstError(app, parts);
    assert.equal(found[0], place, found.join("\n"));
    assert.match(found[1], message);
    assert.match(found[2], hint);
  });
}

test("lines that end in CR LF do not move the place", async () => {
  const app = `${imports}every(5, () => {\n  led.write("on");\n});`;
  const [place] = await firstError(app.replaceAll("\n", "\r\n"));
  assert.equal(place, "app.ts:4:13+4 compiler-2322");
});

test("an error in library code says that it is, and what to look for", async () => {
  const app = `${imports}class P { x: i32 = 0; }\nconst all: P[] = [];\nevery(5, () => { all.sort((a, b) => a.x - b.x); led.write(all.includes(new P())); logAll(all.join(",")); });\nfunction logAll(s: string): void { led.write(s.length > 0); }`;
  const { diagnostics } = await buildApp(app);
  for (const { file, hint, line } of diagnostics) {
    assert.ok(file && !file.startsWith("~"), file);
    if (file !== "app.ts") assert.match(hint ?? "", /look for the call in the app/);
    else assert.ok(line);
  }
});

test("a broken file of the SDK is reported at its place", async () => {
  const { container, diagnostics } = await build({
    project: projectOf(),
    readFile: (path) =>
      path === "app.ts" ? `${imports}every(5, () => { led.toggle(); });` : undefined,
    sdkFile: (path) =>
      path === "gpio.ts"
        ? sdkFile(path)?.replace("gpio_toggle(changetype<u32>(this));", "gpio_toggle(true, 1);")
        : sdkFile(path),
  });
  assert.equal(container, undefined);
  const [first] = diagnostics;
  assert.equal(first?.file, "thimble/gpio.ts");
  assert.ok((first?.line ?? 0) > 30);
  assert.match(first?.hint ?? "", /library/);
});

test("an SDK with a file missing cannot build anything, and says which", async () => {
  const input = {
    project: projectOf(),
    readFile: () => "",
    sdkFile: (path: string) => (path === "timer.ts" ? undefined : sdkFile(path)),
  };
  await assert.rejects(build(input), /sdk\/assembly\/timer.ts is missing/);
});

test("an asconfig.json beside the app changes nothing", async () => {
  const app = `${imports}every(500, () => { led.toggle(); });`;
  const config = JSON.stringify({
    options: { optimizeLevel: 0, shrinkLevel: 0, transform: "./x.js" },
  });
  const { container } = await buildApp({ "app.ts": app, "asconfig.json": config });
  assert.deepEqual(container, (await buildApp(app)).container);
});

test("after an error the next build is as good as ever", async () => {
  const good = `${imports}every(500, () => { led.toggle(); });`;
  const before = (await buildApp(good)).container;
  await buildApp(`${imports}every(5, () => { nothing(); });`);
  await buildApp(`${imports}every(5, () => {`);
  assert.deepEqual((await buildApp(good)).container, before);
});
