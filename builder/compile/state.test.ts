import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { buildApp, containerOf, Running, type App } from "../../test/helpers/container.js";
import { goldenCase } from "../../test/helpers/diagnostics.js";
import { expectGolden } from "../../test/helpers/golden.js";
import type { StateType } from "../../runtime/manifest/manifest.js";
import { stateTypeBytes } from "../../runtime/manifest/state.js";
import { decode } from "../wasm/decode.js";

const imports = `import { every, logNumber, persistent, was } from "thimble";\n`;
const counter = `${imports}class State {
  @was("goal", "target") targetMilliC: i32 = 21_000;
  heating: bool = true;
  count: u16;
  isWarm(): bool { return this.targetMilliC > 20_000; }
  get half(): i32 { return this.targetMilliC / 2; }
  static readonly limit: i32 = 5;
}
const state = persistent<State>();
every(500, () => { state.count++; logNumber("n", state.half); if (state.isWarm()) state.heating = false; });
`;

test("the class of the state is in the manifest", async () => {
  const { manifest } = await containerOf(counter);
  assert.deepEqual(manifest.state, {
    bytes: 8,
    fields: [
      { name: "targetMilliC", type: "i32", offset: 0, was: ["goal", "target"] },
      { name: "heating", type: "bool", offset: 4 },
      { name: "count", type: "u16", offset: 6 },
    ],
  });
  assert.ok(manifest.imports.includes("state.bind"));
});

test("an app without state has none in its manifest and calls nothing for it", async () => {
  const { manifest } = await containerOf(`${imports}every(5, () => {});`);
  assert.equal(manifest.state, undefined);
  assert.deepEqual(manifest.imports, ["timer.every"]);
});

test("the object lies at a constant address: no heap, no variable, no global", async () => {
  const { wasm, sizes } = await containerOf(
    `${imports}class State { count: u32 = 5; }\nconst state = persistent<State>();\nevery(5, () => { state.count++; });`,
  );
  assert.deepEqual(
    [sizes.runtime, sizes.memory],
    ["stub", { dataBytes: 44, heapBytes: 0, memoryBytes: 64 }],
  );
  const { module } = decode(wasm);
  assert.equal(module!.globals.length, 0);
  const handler = module!.code.at(-1)!.code.map(({ opcode }) => opcode.name);
  assert.deepEqual(handler, [
    "i32.const",
    "i32.const",
    "i32.load",
    "i32.const",
    "i32.add",
    "i32.store",
    "end",
  ]);
});

test("an app that collects keeps its state apart from the heap", async () => {
  const app = `${imports}import { log } from "thimble";
    class State { count: u32 = 5; }
    export const state = persistent<State>();
    every(5, () => { state.count++; log(\`\${state.count}\`); });`;
  const { wasm, sizes } = await containerOf(app);
  assert.equal(sizes.runtime, "minimal");
  const running = await Running.start(wasm);
  for (let turn = 0; turn < 50; turn++) {
    running.fire("timer.every");
    running.collect();
  }
  const [, address] = (await Running.start(wasm)).calls
    .map((call) => call.split(" "))
    .find(([name]) => name === "state.bind")!;
  assert.equal(new DataView(running.memory.buffer).getUint32(Number(address), true), 55);
});

test("the class may stand in another file, be of another name, and be reached by a namespace", async () => {
  const { manifest } = await containerOf({
    "app.ts": `import * as thimble from "thimble"; import { Kept as State } from "./kept";
      export const state = thimble.persistent<State>(); thimble.every(5, () => { state.count++; });`,
    "kept.ts": `enum Mode { Off, On }\nexport class Kept { count: u64 = 1; mode: Mode = Mode.On; }`,
  });
  assert.deepEqual(manifest.state?.fields, [
    { name: "count", type: "u64", offset: 0 },
    { name: "mode", type: "i32", offset: 8 },
  ]);
});

test("a default may be any value that there is at the start, and fields may be private", async () => {
  const app = `${imports}import { now } from "thimble";
    const base: i32 = 7;
    function twice(n: i32): i32 { return 2 * n; }
    export const other = 5, state = persistent<State>();
    class State {
      private secret: i16 = -3;
      protected started: u64 = now();
      target: i32 = twice(base) + other;
      sum: i32 = this.target * 2;
      number: number = 1.5;
      yes: boolean = !false;
      add(): void { this.secret++; }
      set value(n: i32) { this.target = n; }
      static make(): State { return state; }
    }
    every(5, () => { state.add(); State.make().value = 5; });`;
  const { wasm, manifest } = await containerOf(app);
  const expected: Record<string, number[]> = {
    secret: [253, 255],
    started: [77, 0, 0, 0, 0, 0, 0, 0],
    target: [19, 0, 0, 0],
    sum: [38, 0, 0, 0],
    number: bytesOf("f64", "1.5"),
    yes: [1],
  };
  let seen: Record<string, number[]> = {};
  await Running.start(wasm, {
    "clock.millis": () => 77n,
    "state.bind": ({ buffer }, address) => {
      const bytes = manifest.state!.fields.map(({ name, type, offset }) => [
        name,
        [...new Uint8Array(buffer, address! + offset, stateTypeBytes[type])],
      ]);
      seen = Object.fromEntries(bytes) as Record<string, number[]>;
    },
  });
  assert.deepEqual(seen, expected);
});

test("64 fields with 32 older names are the most", async () => {
  const fields = many(32, "f64", 1) + many(32, "u8").replaceAll(/f(\d)/g, "g$1");
  const { manifest } = await containerOf(of(fields));
  assert.deepEqual([manifest.state!.fields.length, manifest.state!.bytes], [64, 288]);
});

interface RandomField {
  readonly type: StateType;
  readonly initial: string;
  readonly later: string;
}

function literals(type: StateType): fc.Arbitrary<string> {
  if (type === "bool") return fc.constantFrom("true", "false");
  if (type === "f32" || type === "f64")
    return fc.integer({ min: -4000, max: 4000 }).map((n) => (n / 4).toFixed(2));
  const bits = 8n * BigInt(stateTypeBytes[type]);
  const [min, max] = type.startsWith("u")
    ? [0n, 2n ** bits - 1n]
    : [1n - 2n ** (bits - 1n), 2n ** (bits - 1n) - 1n];
  return fc.bigInt({ min, max }).map(String);
}

const randomFields: fc.Arbitrary<RandomField[]> = fc.array(
  fc
    .constantFrom(...(Object.keys(stateTypeBytes) as StateType[]))
    .chain((type) =>
      fc.record({ type: fc.constant(type), initial: literals(type), later: literals(type) }),
    ),
  { minLength: 1, maxLength: 24 },
);

/** How memory holds a value. */
function bytesOf(type: StateType, literal: string): number[] {
  const view = new DataView(new ArrayBuffer(8));
  const bytes = stateTypeBytes[type];
  if (type === "f32") view.setFloat32(0, Number(literal), true);
  else if (type === "f64") view.setFloat64(0, Number(literal), true);
  else view.setBigInt64(0, BigInt(type === "bool" ? Number(literal === "true") : literal), true);
  return [...new Uint8Array(view.buffer, 0, bytes)];
}

test("where the manifest says a field lies, the container has it, before and after it was moved in", async () => {
  await fc.assert(
    fc.asyncProperty(randomFields, async (fields) => {
      const members = fields.map(({ type, initial }, k) => `  f${k}: ${type} = ${initial};`);
      const checks = fields.map(
        ({ type, later }, k) => `  logNumber("", i32(state.f${k} == <${type}>${later}));`,
      );
      const app = `${imports}class State {\n${members.join("\n")}\n}\nconst state = persistent<State>();\nevery(5, () => {\n${checks.join("\n")}\n});`;
      const { wasm, manifest } = await containerOf(app);
      const places = manifest.state!.fields;
      assert.deepEqual(
        places.map(({ name, type }) => [name, type]),
        fields.map(({ type }, k) => [`f${k}`, type]),
      );
      const running = await Running.start(wasm, {
        "state.bind": ({ buffer }, address, length) => {
          assert.equal(length, manifest.state!.bytes);
          places.forEach(({ offset }, k) => {
            const { type, initial, later } = fields[k]!;
            const place = new Uint8Array(buffer, address! + offset, stateTypeBytes[type]);
            assert.deepEqual([...place], bytesOf(type, initial), `f${k}: ${type}`);
            place.set(bytesOf(type, later));
          });
        },
      });
      const answers = running.fire("timer.every").map((call) => call.split(" ")[3]);
      assert.deepEqual(
        answers,
        fields.map(() => "1"),
      );
    }),
    { numRuns: 12 },
  );
});

const state = "const state = persistent<State>();\nevery(5, () => {});";
const of = (fields: string): string => `${imports}class State {\n  ${fields}\n}\n${state}`;
const many = (count: number, type: string, before = 0): string =>
  Array.from({ length: count }, (_, k) => {
    const names = Array.from({ length: before }, (_, n) => `"w${k}n${n}"`).join(", ");
    return `${before > 0 ? `@was(${names}) ` : ""}f${k}: ${type} = 0;`;
  }).join("\n  ");

const refused: readonly (readonly [title: string, app: App])[] = [
  [
    "in a function",
    `${imports}class State { n: i32 = 0; }\nfunction f(): void {\n  const state = persistent<State>();\n}\nevery(5, f);`,
  ],
  [
    "in a handler",
    `${imports}class State { n: i32 = 0; }\nevery(5, () => { persistent<State>().n++; });`,
  ],
  [
    "in a block",
    `${imports}class State { n: i32 = 0; }\n{\n  const state = persistent<State>();\n}\nevery(5, () => {});`,
  ],
  [
    "in a namespace",
    `${imports}class State { n: i32 = 0; }\nnamespace kept {\n  export const state = persistent<State>();\n}\nevery(5, () => { kept.state.n++; });`,
  ],
  [
    "as a variable",
    `${imports}class State { n: i32 = 0; }\nlet state = persistent<State>();\nevery(5, () => {});`,
  ],
  [
    "for nothing",
    `${imports}class State { n: i32 = 0; }\npersistent<State>();\nevery(5, () => {});`,
  ],
  [
    "twice",
    `${imports}class State { n: i32 = 0; }\nconst a = persistent<State>();\nconst b = persistent<State>();\nevery(5, () => {});`,
  ],
  [
    "twice, in two files",
    {
      "app.ts": `${imports}import { other } from "./other";\nclass State { n: i32 = 0; }\nconst state = persistent<State>();\nevery(5, () => { other.n++; });`,
      "other.ts": `import { persistent } from "thimble";\nclass Other { n: i32 = 0; }\nexport const other = persistent<Other>();`,
    },
  ],
  [
    "without a class",
    `${imports}class State { n: i32 = 0; }\nconst state: State = persistent();\nevery(5, () => {});`,
  ],
  ["of a number", `${imports}const state = persistent<i32>();\nevery(5, () => {});`],
  ["of a class of the library", `${imports}const state = persistent<Date>();\nevery(5, () => {});`],
  [
    "of a type with parameters",
    `${imports}class State<T> { n: T = 0; }\nconst state = persistent<State<i32>>();\nevery(5, () => {});`,
  ],
  [
    "with a base class",
    `${imports}class Base { m: i32 = 0; }\nclass State extends Base { n: i32 = 0; }\n${state}`,
  ],
  [
    "with an interface",
    `${imports}interface Base { n: i32; }\nclass State implements Base { n: i32 = 0; }\n${state}`,
  ],
  [
    "as a base class",
    `${imports}class State { n: i32 = 0; }\nclass More extends State { m: i32 = 0; }\n${state}`,
  ],
  ["with a constructor", of("n: i32 = 0;\n  constructor() { this.n = 5; }")],
  [
    "a second object",
    `${imports}class State { n: i32 = 0; }\n${state}\nfunction zero(): State {\n  return new State();\n}\nevery(5, () => { zero(); });`,
  ],
  ["a text", of('n: i32 = 0;\n  name: string = "";')],
  ["an array", of("values: StaticArray<i32> = new StaticArray<i32>(4);")],
  [
    "an object",
    `${imports}class Point { x: i32 = 0; }\nclass State { at: Point = new Point(); }\n${state}`,
  ],
  [
    "a timer",
    `${imports}import { Timer } from "thimble";\nclass State { timer: Timer | null = null; }\n${state}`,
  ],
  ["a function", of("call: () => void = () => {};")],
  ["an address", of("at: usize = 0;")],
  ["a readonly field", of("readonly n: i32 = 5;")],
  ["a name beyond ASCII", of("größe: i32 = 5;")],
  ["no fields", of("")],
  ["65 fields", of(many(65, "u8"))],
  ["98 names", of(many(33, "u8", 2).replace('"w0n0", "w0n1"', '"w0n0"'))],
  ["names of one hash", of("target5325: i32 = 0;\n  heat49973: i32 = 0;")],
  ["was what another field is", of('n: i32 = 0;\n  @was("n") m: i32 = 0;')],
  ["was what it is", of('@was("n") n: i32 = 0;')],
  ["was what another one was", of('@was("n") a: i32 = 0;\n  @was("n") b: i32 = 0;')],
  ["was without a name", of("@was() n: i32 = 0;")],
  ["was a number", of("@was(5) n: i32 = 0;")],
  ["was a constant", `${imports}const old = "m";\nclass State { @was(old) n: i32 = 0; }\n${state}`],
  ["was no name", of('@was("old name") n: i32 = 0;')],
  [
    "was in another class",
    `${imports}class State { n: i32 = 0; }\nclass Other { @was("m") n: i32 = 0; }\n${state}`,
  ],
  ["was without state", `${imports}class Other { @was("m") n: i32 = 0; }\nevery(5, () => {});`],
];

test("what cannot be kept is refused at its place", async () => {
  const cases: string[] = [];
  for (const [title, app] of refused) {
    const { container, diagnostics } = await buildApp(app);
    assert.equal(container, undefined, `${title}: accepted`);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    for (const { code, line, hint } of errors) {
      assert.ok(/^(state|language)-/.test(code) && line && hint, `${title}: ${code}`);
    }
    const text = typeof app === "string" ? app : Object.values(app).join("\n");
    cases.push(goldenCase(title, text.slice(imports.length, imports.length + 400), errors));
  }
  expectGolden("builder/compile/state.golden.txt", cases.join(""));
});

test("a name of another type may be used again", async () => {
  const { manifest } = await containerOf(of('n: f32 = 0;\n  @was("n") m: i32 = 0;'));
  assert.deepEqual(manifest.state?.fields[1]?.was, ["n"]);
});
