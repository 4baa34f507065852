import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareState, compareVersions } from "./compare.js";
import type { Manifest, State, StateField, StateType } from "./manifest.js";
import { stateRecords, stateTypeBytes } from "./state.js";

/** Fields as a class would have them, each at a place of its own. */
function stateOf(...fields: readonly Omit<StateField, "offset">[]): State {
  return {
    bytes: 8 * fields.length,
    fields: fields.map((field, index) => ({ ...field, offset: 8 * index })),
  };
}

test("a field keeps its value by name and type, or by an older name", () => {
  const from = stateOf(
    { name: "target", type: "i32" },
    { name: "heating", type: "bool" },
    { name: "count", type: "u16" },
    { name: "gone", type: "f64" },
  );
  const to = stateOf(
    { name: "heating", type: "bool" },
    { name: "targetMilliC", type: "i32", was: ["goal", "target"] },
    { name: "count", type: "u32" },
    { name: "boostUntil", type: "u64" },
  );
  assert.deepEqual(compareState(from, to), {
    moved: [
      { from: "heating", to: "heating", type: "bool" },
      { from: "target", to: "targetMilliC", type: "i32" },
    ],
    added: ["boostUntil"],
    lost: [
      { name: "count", type: "u16", becauseType: "u32" },
      { name: "gone", type: "f64" },
    ],
  });
});

test("without state there is nothing to move", () => {
  const state = stateOf({ name: "count", type: "u32" });
  const nothing = { moved: [], added: [], lost: [] };
  assert.deepEqual(compareState(undefined, undefined), nothing);
  assert.deepEqual(compareState(undefined, state), { ...nothing, added: ["count"] });
  const lost = [{ name: "count", type: "u32" }];
  assert.deepEqual(compareState(state, undefined), { ...nothing, lost });
});

test("today's name counts where the old version has both", () => {
  const from = stateOf({ name: "a", type: "i32" }, { name: "b", type: "i32" });
  const to = stateOf({ name: "b", type: "i32", was: ["a"] });
  assert.deepEqual(compareState(from, to), {
    moved: [{ from: "b", to: "b", type: "i32" }],
    added: [],
    lost: [{ name: "a", type: "i32" }],
  });
});

/** What the core does with the records of two descriptions (SPEC.md, section 3, "State"): which old field each new one has its value from, by offsets. */
function coreMoves(from: State, to: State): Map<number, number> {
  const own = stateRecords(from).filter(({ older }) => !older);
  const moves = new Map<number, number>();
  for (const older of [false, true])
    for (const record of stateRecords(to)) {
      const source = own.find(({ hash, bytes }) => hash === record.hash && bytes === record.bytes);
      if (source && record.older === older && !moves.has(record.offset))
        moves.set(record.offset, source.offset);
    }
  return moves;
}

const states = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom("a", "b", "c", "d", "e"),
      type: fc.constantFrom<StateType>("i32", "u32", "bool"),
      was: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f", "g"), { maxLength: 3 }),
    }),
    { selector: ({ name }) => name, maxLength: 5 },
  )
  .map((fields) => {
    const taken = new Set(fields.map(({ name, type }) => `${name}:${type}`));
    return stateOf(
      ...fields.map(({ name, type, was }) => {
        const free = was.filter((older) => !taken.has(`${older}:${type}`));
        for (const older of free) taken.add(`${older}:${type}`);
        return { name, type, ...(free.length > 0 && { was: free }) };
      }),
    );
  });

test("what is said to move is what the core moves", () => {
  fc.assert(
    fc.property(states, states, (from, to) => {
      const { moved, added, lost } = compareState(from, to);
      const at = ({ fields }: State, name: string): number =>
        fields.find((field) => field.name === name)!.offset;
      const said = moved.map((move) => [at(to, move.to), at(from, move.from)] as const);
      assert.deepEqual(new Map(said), coreMoves(from, to));
      assert.equal(moved.length + lost.length, from.fields.length);
      assert.ok(moved.length + added.length <= to.fields.length);
      for (const { type } of moved) assert.ok(type in stateTypeBytes);
    }),
    { numRuns: 2000 },
  );
});

const before: Manifest = {
  format: 1,
  name: "thermostat",
  contract: "0.1.0",
  wasm: { bytes: 800, sha256: "0".repeat(64) },
  imports: [],
  needs: [
    { name: "climate", kind: "i2c", address: 0x76 },
    { name: "heater", kind: "gpio-out" },
    { name: "readings", kind: "publish", topic: "climate", fields: [] },
  ],
  settings: [
    { name: "setPoint", type: "decimal", decimals: 3, default: 1, min: 0, max: 100 },
    { name: "level", type: "integer", decimals: 0, default: 1, min: 0, max: 100 },
    { name: "eco", type: "bool", decimals: 0, default: 1, min: 0, max: 1 },
  ],
  limits: { memoryBytes: 256, stackBytes: 96, eventMs: 20 },
};

test("needs, settings and figures", () => {
  const after: Manifest = {
    ...before,
    wasm: { ...before.wasm, bytes: 900 },
    needs: [
      { name: "climate", address: 0x76, kind: "i2c" },
      { name: "readings", kind: "publish", topic: "climate", fields: [], retain: true },
      { name: "fan", kind: "pwm" },
    ],
    settings: [
      { name: "level", type: "integer", decimals: 0, default: 1, min: 0, max: 50, unit: "%" },
      { name: "setPoint", type: "decimal", decimals: 2, default: 1, min: 0, max: 100 },
      { name: "boost", type: "bool", decimals: 0, default: 0, min: 0, max: 1 },
    ],
    limits: { memoryBytes: 320, stackBytes: null, eventMs: 20 },
    health: { seconds: 10, events: 0, confirm: true },
    restart: { delayMs: 1000, attempts: 5 },
  };
  const { needs, settings, figures } = compareVersions(before, after);
  assert.deepEqual(needs, {
    added: [after.needs[2]],
    changed: [{ from: before.needs[2], to: after.needs[1] }],
    removed: [before.needs[1]],
  });
  assert.deepEqual(settings, {
    kept: ["level"],
    narrowed: [{ from: before.settings[1], to: after.settings[0] }],
    added: ["boost"],
    lost: [
      { name: "setPoint", form: "decimal with 3 decimals", becauseForm: "decimal with 2 decimals" },
      { name: "eco", form: "bool" },
    ],
  });
  assert.deepEqual(figures, [
    { name: "wasm.bytes", from: 800, to: 900 },
    { name: "limits.memoryBytes", from: 256, to: 320 },
    { name: "limits.stackBytes", from: 96, to: null },
    { name: "health.confirm", from: false, to: true },
  ]);
  const same = compareVersions(before, before);
  assert.deepEqual([same.needs.changed, same.settings.lost, same.figures], [[], [], []]);
});
