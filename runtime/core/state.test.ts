import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  Assembler,
  call,
  code,
  type Code,
  drop,
  i32,
  load,
  report,
  store,
} from "../../test/helpers/assemble.js";
import { Bench, type Parts, publisher } from "../../test/helpers/bench.js";
import { stateOf } from "../../test/helpers/state.js";
import type { State, StateType } from "../manifest/manifest.js";
import { stateTypeBytes } from "../manifest/state.js";

/** Where the state lies. */
const at = 256;

const bind = (state: State): Code => call("state.bind", i32(at), i32(state.bytes));

/** Every field a byte of its own, so that a field that was not moved, or not whole, shows. */
const defaultsOf = (state: State, first: number): Uint8Array =>
  Uint8Array.from({ length: state.bytes }, (_, i) => first + i);

/** Publishes its state before it is bound and reports how many fields were moved; publishes it afterwards. */
function keeper(state: State, defaults: Uint8Array): readonly [Uint8Array, Parts] {
  const publish = call("message.publish", i32(0), i32(at - 8), i32(state.bytes + 16));
  const app = new Assembler().data(at - 8, Uint8Array.of(...fence, ...defaults, ...fence));
  app.start(report(bind(state)), publish);
  return [app.build(), { needs: [publisher("state")], state }];
}

/** Lies around the state. */
const fence = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** What versions with these states have published after they were bound, one after the other, and how many fields were moved. */
async function succession(
  states: readonly (readonly [State, Uint8Array])[],
): Promise<{ moved: number[]; bytes: Uint8Array[] }> {
  const bench = await Bench.create();
  const bytes: Uint8Array[] = [];
  bench.device.onMessage = (_, payload) => {
    assert.deepEqual([payload.slice(0, 8), payload.slice(-8)], [fence, fence]);
    bytes.push(payload.slice(8, -8));
  };
  for (const [position, [state, defaults]] of states.entries()) {
    const [wasm, parts] = keeper(state, defaults);
    if (position === 0) await bench.add(wasm, parts);
    else await bench.replace(0, wasm, parts);
    bench.advanceTo(bench.board.nowUs + 11e6);
    assert.equal(bench.device.stats(0).version, position);
  }
  return { moved: bench.reports(), bytes };
}

/** The bytes of a field. */
function fieldOf({ fields }: State, name: string, bytes: Uint8Array): number[] {
  const { offset, type } = fields.find((field) => field.name === name)!;
  return [...bytes.subarray(offset, offset + stateTypeBytes[type])];
}

const every = "bool i8 u8 i16 u16 i32 u32 i64 u64 f32 f64".split(" ");

test("a first start has its defaults", async () => {
  const state = stateOf("a:i32", "b:f64");
  const { moved, bytes } = await succession([[state, defaultsOf(state, 10)]]);
  assert.deepEqual(moved, [0]);
  assert.deepEqual(bytes, [defaultsOf(state, 10)]);
});

test("fields of every type move by name and type, wherever they lie", async () => {
  const fields = every.map((type) => `x${type}:${type}`);
  const [one, two] = [stateOf(...fields), stateOf(...fields.toReversed())];
  const old = defaultsOf(one, 1);
  const { moved, bytes } = await succession([
    [one, old],
    [two, defaultsOf(two, 100)],
  ]);
  assert.deepEqual(moved, [0, every.length]);
  for (const { name } of one.fields)
    assert.deepEqual(fieldOf(two, name, bytes[1]!), fieldOf(one, name, old), name);
});

test("new fields and such of another type keep their defaults", async () => {
  const one = stateOf("same:u16", "other:i32", "gone:u8");
  const two = stateOf("new:u16", "other:u32", "same:u16");
  const [old, fresh] = [defaultsOf(one, 1), defaultsOf(two, 100)];
  const { moved, bytes } = await succession([
    [one, old],
    [two, fresh],
  ]);
  assert.deepEqual(moved, [0, 1]);
  assert.deepEqual(fieldOf(two, "same", bytes[1]!), fieldOf(one, "same", old));
  for (const name of ["new", "other"])
    assert.deepEqual(fieldOf(two, name, bytes[1]!), fieldOf(two, name, fresh), name);
});

test("a field that had another name is found by it, over as many versions as were left out", async () => {
  const one = stateOf("kelvin:i32", "n:i32");
  const three = stateOf("reading:i32 was celsius,kelvin", "n:i32");
  const old = defaultsOf(one, 1);
  const { moved, bytes } = await succession([
    [one, old],
    [three, defaultsOf(three, 100)],
    [stateOf("celsius:i32 was kelvin"), defaultsOf(stateOf("celsius:i32"), 200)],
  ]);
  assert.deepEqual(moved, [0, 2, 0]);
  assert.deepEqual(fieldOf(three, "reading", bytes[1]!), fieldOf(one, "kelvin", old));
  // Names of the past are read forward only: the last one knows nothing of `reading`.
  assert.deepEqual(bytes[2], defaultsOf(stateOf("celsius:i32"), 200));
});

test("of a field that is there under its name and under an older one, the name counts", async () => {
  const one = stateOf("kelvin:i32", "celsius:i32");
  const two = stateOf("celsius:i32 was kelvin");
  const old = defaultsOf(one, 1);
  const { moved, bytes } = await succession([
    [one, old],
    [two, defaultsOf(two, 100)],
  ]);
  assert.deepEqual(moved, [0, 1]);
  assert.deepEqual(fieldOf(two, "celsius", bytes[1]!), fieldOf(one, "celsius", old));
});

test("a name that two fields claim is refused", async () => {
  const state = stateOf("floor:i32 was low", "low:i32");
  const [wasm, parts] = keeper(state, defaultsOf(state, 1));
  const bench = await Bench.create();
  await assert.rejects(bench.add(wasm, parts), /manifest that the device does not understand/);
});

test("the largest state that can be published whole", async () => {
  const state = stateOf(...Array.from({ length: 24 }, (_, i) => `field${i}:u64`));
  const { moved, bytes } = await succession([
    [state, defaultsOf(state, 3)],
    [state, defaultsOf(state, 77)],
  ]);
  assert.deepEqual(moved, [0, 24]);
  assert.deepEqual(bytes[1], bytes[0]);
});

test("any two classes: a field has the value that it had, or its default", async () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const anyState = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...every)), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 6,
    })
    .map((fields) => stateOf(...fields.map((field) => field.join(":"))));
  await fc.assert(
    fc.asyncProperty(anyState, anyState, async (one, two) => {
      const old = defaultsOf(one, 1);
      const fresh = defaultsOf(two, 128);
      const { bytes } = await succession([
        [one, old],
        [two, fresh],
      ]);
      const expected = Uint8Array.from(fresh);
      for (const { name, type, offset } of two.fields)
        if (one.fields.some((field) => field.name === name && field.type === type))
          expected.set(fieldOf(one, name, old), offset);
      assert.deepEqual(bytes[1], expected);
    }),
    { numRuns: 60, seed: 7 },
  );
});

test("bytes of no field stay what the module states", async () => {
  const holes: State = {
    bytes: 32,
    fields: [
      { name: "a", type: "u8", offset: 3 },
      { name: "b", type: "u16", offset: 20 },
    ],
  };
  const { bytes } = await succession([
    [holes, defaultsOf(holes, 1)],
    [holes, defaultsOf(holes, 100)],
  ]);
  const expected = defaultsOf(holes, 100);
  expected[3] = 4;
  expected.set([21, 22], 20);
  assert.deepEqual(bytes[1], expected);
});

const one = stateOf("a:i32", "b:i32");

for (const [name, body, state, trap] of [
  ["bind in start", bind(one), one, undefined],
  ["bind of more bytes than the fields need", call("state.bind", i32(at), i32(64)), one, undefined],
  ["bind at an odd address", call("state.bind", i32(at + 1), i32(8)), one, undefined],
  ["bind twice", code(bind(one), drop, bind(one)), one, "bad-argument"],
  ["bind of too few bytes", call("state.bind", i32(at), i32(7)), one, "bad-argument"],
  ["bind of no bytes", call("state.bind", i32(at), i32(0)), one, "bad-argument"],
  ["bind beyond the memory", call("state.bind", i32(1020), i32(8)), one, "bad-pointer"],
  ["bind at the end of the address space", call("state.bind", i32(-4), i32(8)), one, "bad-pointer"],
  ["bind of 1,025 bytes", call("state.bind", i32(0), i32(1025)), one, "bad-argument"],
  ["bind without a state in the description", bind(one), undefined, "bad-argument"],
] as const) {
  test(`${name}: ${trap ?? "accepted"}`, async () => {
    const bench = await Bench.create();
    const app = new Assembler().start(code(body, drop));
    await bench.add(app.build(), { memoryBytes: 1024, ...(state && { state }) });
    assert.equal(bench.trap(), trap);
  });
}

test("a state that is bound in a handler keeps its values, and is moved from there", async () => {
  const bench = await Bench.create();
  const app = new Assembler();
  const handler = app.handler(code(i32(at), i32(5), store(0), report(bind(one))));
  app.start(call("timer.after", i32(1), i32(handler)));
  await bench.add(app.build(), { state: one });
  bench.advanceTo(10_000);
  const next = new Assembler().start(report(bind(one)), report(code(i32(at), load(0))));
  await bench.replace(0, next.build(), { state: one });
  assert.deepEqual(bench.reports(), [0, 2, 5]);
});

test("a state that is bound late at a swap has what the predecessor had when it was replaced, or nothing", async () => {
  const bench = await Bench.create();
  const first = new Assembler().data(at, Uint8Array.of(9, 0, 0, 0));
  await bench.add(first.start(bind(one), drop).build(), { state: one });
  const late = new Assembler();
  const handler = late.handler(code(report(bind(one)), report(code(i32(at), load(0)))));
  late.start(call("timer.after", i32(1), i32(handler)));
  await bench.replace(0, late.build(), { state: one });
  bench.advanceTo(10_000);
  assert.deepEqual(bench.reports(), [0, 0]);
});

test("a restart after an end has the defaults", async () => {
  const bench = await Bench.create();
  const app = new Assembler().data(at, Uint8Array.of(1, 0, 0, 0));
  const handler = app.handler(code(i32(at), i32(77), store(0), [0x00]));
  app.start(
    report(bind(one)),
    report(code(i32(at), load(0))),
    call("timer.after", i32(1), i32(handler)),
  );
  await bench.add(app.build(), { state: one });
  bench.advanceTo(1_500_000);
  assert.deepEqual(bench.reports(), [0, 1, 0, 1]);
});

test("sizes: every type lies at a multiple of its size", () => {
  for (const [type, bytes] of Object.entries(stateTypeBytes) as [StateType, number][])
    assert.equal(stateOf("first:u8", `second:${type}`).fields[1]!.offset, bytes);
});
