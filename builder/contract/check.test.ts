import assert from "node:assert/strict";
import { test } from "node:test";
import type { NeedKind } from "../../runtime/manifest/manifest.js";
import { moduleOf, op } from "../../test/helpers/modules.js";
import type { FunctionType, Import, Module, ValueType } from "../wasm/module.js";
import { contractImports, contractVersion } from "./capabilities.js";
import { checkContainer, takesPointer } from "./check.js";

const nothing: FunctionType = { params: [], results: [] };
const sound: Partial<Module> = {
  tables: [{ min: 1 }],
  memories: [{ min: 1 }],
  elements: [{ offset: [op("i32.const", 0), op("end")], functions: [0] }],
  exports: [
    { name: "event", kind: "table", index: 0 },
    { name: "memory", kind: "memory", index: 0 },
  ],
};

/** A container with these imports, sound otherwise. */
function container(
  imports: readonly (readonly [name: string, ...ValueType[]])[],
  parts: Partial<Module> = {},
  results: readonly ValueType[] = [],
): Module {
  return moduleOf(nothing, [], {
    ...sound,
    types: imports.map(([, ...params]) => ({ params, results })),
    imports: imports.map(([name], k): Import => {
      const [module = "", field = ""] = name.split(".");
      return { module, name: field, kind: "function", typeIndex: k + 1 };
    }),
    ...parts,
  });
}

function findings(module: Module, ...kinds: readonly NeedKind[]): string[] {
  const found = checkContainer(module, new Set(kinds), (entry) => ({
    file: "app.ts",
    ...(entry && { line: 7 }),
  }));
  for (const { severity, hint } of found) assert.ok(severity === "error" && hint);
  return found.map(({ code, message, line = 0 }) => `${code} ${line}: ${message}`);
}

test("every function of the contract is accepted with its own signature and need, and with no other", () => {
  for (const { interface: module, name, params, result, needKinds } of contractImports) {
    const entry = [`${module}.${name}`, ...params] as const;
    const results = result === null ? [] : [result];
    assert.deepEqual(findings(container([entry], {}, results), ...needKinds.slice(0, 1)), []);
    for (const kind of needKinds)
      assert.deepEqual(findings(container([entry], {}, results), kind), []);
    const without = findings(container([entry], {}, results));
    assert.equal(without.length, needKinds.length === 0 ? 0 : 1, `${module}.${name}`);
    const more = findings(container([[...entry, "f32"]], {}, results), ...needKinds);
    assert.match(more.join(), /^contract-signature 7: /);
    const other = findings(container([entry], {}, [...results, "f64"]), ...needKinds);
    assert.match(other.join(), /^contract-signature 7: /);
  }
});

for (const { what, module, kinds = [], expected } of [
  { what: "a sound container without imports", module: container([]), expected: [] },
  {
    what: "a name that is nearly right",
    module: container([["gpio.togle", "i32"]]),
    expected: [
      `contract-import 7: the container imports gpio.togle, which is not in the contract ${contractVersion}`,
    ],
  },
  {
    what: "a module of its own",
    module: container([["env.abort", "i32", "i32", "i32", "i32"]]),
    expected: [
      `contract-import 7: the container imports env.abort, which is not in the contract ${contractVersion}`,
    ],
  },
  {
    what: "a need that is not declared",
    module: container([["i2c.write-register", "i32", "i32", "i32"]], {}, ["i32"]),
    kinds: ["gpio-out", "spi"],
    expected: [
      "contract-need 7: the container calls i2c.write-register and declares no need of the kind i2c",
    ],
  },
  {
    what: "an imported memory and an imported global",
    module: container([], {
      imports: [
        { module: "env", name: "memory", kind: "memory", limits: { min: 1 } },
        { module: "env", name: "g", kind: "global", type: "i32", mutable: false },
      ],
      memories: [],
    }),
    expected: [
      "contract-import 7: the container imports the memory env.memory",
      "contract-import 7: the container imports the global env.g",
    ],
  },
  {
    what: "no table exported",
    module: container([], { exports: [] }),
    expected: ["contract-start 0: the container has no start function"],
  },
  {
    what: "an event that is a function",
    module: container([], { exports: [{ name: "event", kind: "function", index: 0 }] }),
    expected: ["contract-start 0: the container has no start function"],
  },
  {
    what: "an empty entry 0",
    module: container([], {
      elements: [{ offset: [op("i32.const", 1), op("end")], functions: [0] }],
    }),
    expected: ["contract-start 0: the container has no start function"],
  },
  {
    what: "addresses passed without a memory to find them in",
    module: container([["log.write", "i32", "i32", "i32"]], {
      exports: sound.exports!.slice(0, 1),
    }),
    expected: [
      "contract-memory 0: the container passes addresses to the runtime and does not export its memory",
    ],
  },
] as readonly { what: string; module: Module; kinds?: readonly NeedKind[]; expected: string[] }[]) {
  test(what, () => assert.deepEqual(findings(module, ...kinds), expected));
}

test("which calls take an address", () => {
  assert.ok(takesPointer("i2c", "read-registers") && takesPointer("log", "write"));
  assert.ok(!takesPointer("gpio", "toggle") && !takesPointer("no", "such"));
});
