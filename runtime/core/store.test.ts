import assert from "node:assert/strict";
import { test } from "node:test";
import {
  Assembler,
  call,
  code,
  drop,
  i32,
  load,
  report,
  wrap,
} from "../../test/helpers/assemble.js";
import { Bench } from "../../test/helpers/bench.js";
import { Store } from "../emulator/sim/store.js";

const [notFound, wrongType, tooSmall, quota, full, tooLarge] = [-9, -10, -7, -12, -11, -8];
const getNumber = (key: number) => report(code(call("store.get-number", i32(key)), wrap));
const setNumber = (key: number, value: number) =>
  report(call("store.set-number", i32(key), i32(value)));
const read = (key: number, capacity: number) =>
  report(call("store.read", i32(key), i32(128), i32(capacity)));
const write = (key: number, length: number) =>
  report(call("store.write", i32(key), i32(0), i32(length)));
const remove = (key: number) => call("store.remove", i32(key));

async function run(store: Store, ...body: readonly (readonly number[])[]): Promise<Bench> {
  const bench = await Bench.create({ store });
  const app = new Assembler().data(
    0,
    Uint8Array.from({ length: 65 }, (_, i) => i + 1),
  );
  await bench.add(app.start(...body).build());
  return bench;
}

test("numbers and bytes are stored by key, and each is only found as what it is", async () => {
  const bench = await run(
    new Store(),
    getNumber(3),
    setNumber(3, -7),
    getNumber(3),
    read(3, 64),
    read(255, 64),
    write(255, 64),
    read(255, 64),
    report(code(i32(128), load(60))),
    getNumber(255),
    read(255, 63),
    write(3, 0),
    read(3, 0),
    remove(3),
    read(3, 64),
    remove(3),
    write(4, 65),
  );
  assert.deepEqual(bench.reports(), [
    notFound,
    0,
    -7,
    wrongType,
    notFound,
    0,
    64,
    0x403f3e3d,
    wrongType,
    tooSmall,
    0,
    0,
    notFound,
    tooLarge,
  ]);
  assert.equal(bench.trap(), undefined);
});

test("a negative number is told from an error", async () => {
  const isNegative = [0x42, 0, 0x53];
  const bench = await run(
    new Store(),
    setNumber(1, -7),
    report(code(call("store.get-number", i32(1)), isNegative)),
    report(code(call("store.get-number", i32(2)), isNegative)),
  );
  assert.deepEqual(bench.reports(), [0, 0, 1]);
});

test("what is stored survives the container, and is its own", async () => {
  const store = new Store();
  (await run(store, setNumber(1, 42))).device.stop(0);
  assert.deepEqual((await run(store, getNumber(1))).reports(), [42]);
  const other = await Bench.create({ store });
  await other.add(new Assembler().start(getNumber(1)).build(), { name: "other" });
  assert.deepEqual(other.reports("other"), [notFound]);
});

test("64 values of a container, 256 of all", async () => {
  const bench = await Bench.create();
  const set = (key: number) => code(call("store.set-number", i32(key), i32(1)), drop);
  const fill = code(...[...Array(64).keys()].map(set));
  for (const name of ["a", "b", "c", "d"])
    await bench.add(new Assembler().start(fill, setNumber(64, 1), setNumber(63, 2)).build(), {
      name,
    });
  await bench.add(new Assembler().start(setNumber(0, 1)).build(), { name: "e" });
  for (const name of ["a", "d"]) assert.deepEqual(bench.reports(name), [quota, 0]);
  assert.deepEqual(bench.reports("e"), [full]);
});

for (const [name, body] of [
  ["get-number", getNumber(256)],
  ["set-number", setNumber(256, 1)],
  ["read", read(256, 1)],
  ["write", write(256, 1)],
  ["remove", remove(-1)],
] as const) {
  test(`${name} with a key above 255 is a bad argument`, async () => {
    assert.equal((await run(new Store(), body)).trap(), "bad-argument");
  });
}
