import assert from "node:assert/strict";
import { test } from "node:test";
import {
  add,
  Assembler,
  call,
  code,
  type Code,
  drop,
  i32,
  load,
  local,
  report,
  store,
  unreachable,
  utf16,
  wrap,
} from "../../test/helpers/assemble.js";
import { Bench, i2c, publisher, retainer, subscriber } from "../../test/helpers/bench.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const notFound = -9;
const tooSmall = -7;

/** Reports the length of each message on need 0. */
function listener(): Uint8Array {
  const app = new Assembler();
  const received = app.handler(report(local(0)));
  return app.start(call("message.subscribe", i32(0), i32(received))).build();
}

test("numbers are published as decimal text", async () => {
  const app = new Assembler();
  const put = (value: number, decimals: number) =>
    call("message.publish-number", i32(0), i32(value), i32(decimals));
  app.start(
    put(21453, 3),
    put(0, 0),
    put(-5, 3),
    put(2 ** 31 - 1, 9),
    put(-(2 ** 31), 9),
    put(-(2 ** 31), 0),
    put(100, 2),
  );
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [publisher("t")] });
  assert.deepEqual(bench.values("message.t"), [
    "21.453",
    "0",
    "-0.005",
    "2.147483647",
    "-2.147483648",
    "-2147483648",
    "1.00",
  ]);
});

test("fields that are set make a JSON object, once", async () => {
  const app = new Assembler();
  const put = (field: number, value: number) =>
    call("message.put-number", i32(0), i32(field), i32(value));
  const send = call("message.send", i32(0));
  app.start(put(2, 99), put(0, 21453), send, send, put(1, -455), put(1, 455), send);
  const fields = [
    { name: "temperature", decimals: 3 },
    { name: "humidity", decimals: 1 },
    { name: "count", decimals: 0 },
  ];
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [publisher("climate", fields)] });
  assert.deepEqual(bench.values("message.climate"), [
    '{"temperature":21.453,"count":99}',
    "{}",
    '{"humidity":45.5}',
  ]);
});

test("text goes out as UTF-8, bytes as they are", async () => {
  const text = "21 °C €😀\ud800!";
  const app = new Assembler().data(0, utf16(text)).data(100, Uint8Array.of(0, 255, 7));
  app.start(
    call("message.publish-text", i32(0), i32(0), i32(text.length)),
    call("message.publish", i32(0), i32(100), i32(3)),
  );
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [publisher("t")] });
  assert.deepEqual(bench.values("message.t"), ["21 °C €😀\ufffd!", "00 FF 07"]);
});

test("a text too long as UTF-8 is dropped and counted", async () => {
  const app = new Assembler().data(0, utf16("€".repeat(81)));
  const put = (units: number) => call("message.publish-text", i32(0), i32(0), i32(units));
  const bench = await Bench.create();
  await bench.add(app.start(put(80), put(81)).build(), { needs: [publisher("t")] });
  assert.deepEqual(bench.values("message.t"), ["€".repeat(80)]);
  assert.equal(bench.device.stats(0).dropped, 1);
});

test("a message reaches every subscription to its topic, also those of its publisher", async () => {
  const app = new Assembler();
  const received = app.handler(report(local(0)));
  app.start(
    call("message.subscribe", i32(1), i32(received)),
    call("message.publish-number", i32(0), i32(12345), i32(0)),
  );
  const bench = await Bench.create();
  await bench.add(listener(), { name: "b", needs: [subscriber("t")] });
  await bench.add(listener(), { name: "c", needs: [subscriber("other")] });
  await bench.add(app.build(), { name: "a", needs: [publisher("t"), subscriber("t")] });
  bench.advanceTo(10);
  assert.deepEqual([bench.reports("a"), bench.reports("b"), bench.reports("c")], [[5], [5], []]);
});

test("the payload is there in the handler of its need and nowhere else", async () => {
  const app = new Assembler();
  const read = (need: number, capacity: number) =>
    call("message.read", i32(need), i32(16), i32(capacity));
  const later = app.handler(report(read(0, 8)));
  const received = app.handler(
    code(
      report(read(1, 8)),
      report(read(0, 3)),
      report(read(0, 4)),
      report(code(i32(0), load(16))),
      report(read(0, 240)),
      call("timer.after", i32(0), i32(later)),
    ),
  );
  app.start(report(read(0, 8)), call("message.subscribe", i32(0), i32(received)));
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [subscriber("t"), subscriber("t")] });
  assert.equal(bench.device.receive("t", Uint8Array.of(1, 2, 3, 4)), 1);
  bench.advanceTo(100);
  assert.deepEqual(bench.reports(), [notFound, notFound, tooSmall, 4, 0x04030201, 4, notFound]);
});

test("four messages can wait for a container; another's do not count", async () => {
  const bench = await Bench.create();
  for (const name of ["a", "b"]) await bench.add(listener(), { name, needs: [subscriber(name)] });
  for (let length = 1; length <= 6; length++) bench.device.receive("a", new Uint8Array(length));
  assert.equal(bench.device.receive("b", new Uint8Array(240)), 1);
  bench.advanceTo(100);
  assert.deepEqual([bench.reports("a"), bench.reports("b")], [[1, 2, 3, 4], [240]]);
  assert.deepEqual([bench.device.stats(0).dropped, bench.device.stats(1).dropped], [2, 0]);
  // Their slots are free again.
  for (let round = 0; round < 20; round++) {
    assert.equal(bench.device.receive("a", bytes("x")), 1);
    bench.advanceTo(200 + round);
  }
  assert.equal(bench.device.stats(0).dropped, 2);
});

test("eight containers that all have four messages waiting lose none", async () => {
  const bench = await Bench.create();
  for (let index = 0; index < 8; index++)
    await bench.add(listener(), { name: `c${index}`, needs: [subscriber(`t${index}`)] });
  for (let round = 0; round < 4; round++)
    for (let index = 0; index < 8; index++)
      assert.equal(bench.device.receive(`t${index}`, new Uint8Array((100 * round) % 241)), 1);
  bench.advanceTo(1000);
  for (let index = 0; index < 8; index++)
    assert.deepEqual(bench.reports(`c${index}`), [0, 100, 200, 59]);
});

test("a message that waits goes to the handler of the moment of its delivery", async () => {
  const app = new Assembler();
  const second = app.handler(report(i32(2)));
  const first = app.handler(code(report(i32(1)), call("message.subscribe", i32(0), i32(second))));
  app.start(call("message.subscribe", i32(0), i32(first)));
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [subscriber("t")] });
  bench.device.receive("t", bytes("a"));
  bench.device.receive("t", bytes("b"));
  bench.advanceTo(100);
  assert.deepEqual(bench.reports(), [1, 2]);
});

test("a container that ends or stops with messages waiting leaves no trace of them", async () => {
  const app = new Assembler();
  const received = app.handler(call("settings.get", i32(0)).concat(drop));
  app.start(call("message.subscribe", i32(0), i32(received)));
  const bench = await Bench.create();
  await bench.add(app.build(), { name: "bad", needs: [subscriber("t")] });
  await bench.add(listener(), { name: "stopped", needs: [subscriber("t"), i2c(0x40)] });
  await bench.add(listener(), { name: "good", needs: [subscriber("t")] });
  for (let i = 0; i < 3; i++) bench.device.receive("t", bytes("abc"));
  bench.device.stop(1);
  bench.advanceTo(100);
  assert.equal(bench.trap(0), "bad-argument");
  assert.deepEqual([bench.reports("stopped"), bench.reports("good")], [[], [3, 3, 3]]);
  assert.deepEqual(
    [0, 1].map((index) => bench.device.stats(index).waiting),
    [0, 0],
  );
  assert.deepEqual(
    [0, 1].map((index) => bench.device.stats(index).bindings),
    [1, 0], // the timer of its restart
  );
  assert.equal(bench.device.stats(0).events, 1);
});

test("a message longer than 240 bytes or on too long a topic is refused outside", async () => {
  const bench = await Bench.create();
  assert.throws(() => bench.device.receive("t", new Uint8Array(241)), RangeError);
  assert.throws(() => bench.device.receive("t".repeat(65), new Uint8Array(1)), RangeError);
  assert.equal(bench.device.receive("t", new Uint8Array(240)), 0);
});

for (const [name, body, trap] of [
  [
    "publish-number with 10 decimals",
    call("message.publish-number", i32(0), i32(1), i32(10)),
    "bad-argument",
  ],
  [
    "put-number of a field that is not declared",
    call("message.put-number", i32(0), i32(1), i32(1)),
    "bad-argument",
  ],
  [
    "put-number of field 2^31",
    call("message.put-number", i32(0), i32(2 ** 31), i32(1)),
    "bad-argument",
  ],
  ["put-number of a declared field", call("message.put-number", i32(0), i32(0), i32(1)), undefined],
  ["publish of 241 bytes", call("message.publish", i32(0), i32(0), i32(241)), "bad-argument"],
  [
    "publish-text of 121 units",
    call("message.publish-text", i32(0), i32(0), i32(121)),
    "bad-argument",
  ],
] as const) {
  test(`${name}: ${trap ?? "accepted"}`, async () => {
    const bench = await Bench.create();
    await bench.add(new Assembler().start(body).build(), {
      needs: [publisher("t", [{ name: "x", decimals: 0 }])],
    });
    assert.equal(bench.trap(), trap);
  });
}

test("fields belong to one topic and one event", async () => {
  const app = new Assembler();
  const put = (need: number, field: number, value: number) =>
    call("message.put-number", i32(need), i32(field), i32(value));
  const later = app.handler(call("message.send", i32(0)));
  app.start(
    put(0, 0, 1),
    put(1, 0, 2),
    call("message.send", i32(0)),
    put(1, 1, 3),
    call("message.send", i32(1)),
    put(0, 1, 4),
    call("timer.after", i32(1), i32(later)),
  );
  const fields = [
    { name: "a", decimals: 0 },
    { name: "b", decimals: 0 },
  ];
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [publisher("t", fields), publisher("u", fields)] });
  bench.advanceTo(10_000);
  assert.deepEqual(bench.values("message.t"), ["{}", "{}"]);
  assert.deepEqual(bench.values("message.u"), ['{"b":3}']);
});

/** Reports each message on need 0 as a number. */
function reader(): Uint8Array {
  const app = new Assembler();
  const received = app.handler(report(call("message.read-number", i32(0), i32(0)).concat(wrap)));
  return app.start(call("message.subscribe", i32(0), i32(received))).build();
}

/** Publishes 1, 2, 3 ... on need 0 each 100 ms, `count` of them. */
function teller(first: number, count: number, atEnd: Code = []): Uint8Array {
  const app = new Assembler().data(0, Uint8Array.of(first));
  const tick = app.handler(
    code(
      call("message.publish-number", i32(0), code(i32(0), load(0)), i32(0)),
      i32(0),
      code(i32(0), load(0), i32(1), add),
      store(0),
      code(i32(0), load(0), i32(first + count), [0x46], [0x04, 0x40]),
      code(call("timer.cancel", i32(1)), atEnd, [0x0b]),
    ),
  );
  assert.equal(tick, 1);
  return app.start(call("timer.every", i32(100), i32(tick))).build();
}

const second = 1e6;

test("the last message of a retained topic is given to a late subscriber, and only that one", async () => {
  const bench = await Bench.create();
  await bench.add(teller(1, 3), { name: "teller", needs: [retainer("t")] });
  await bench.add(teller(1, 3), { name: "other", needs: [publisher("u")] });
  bench.advanceTo(1 * second);
  await bench.add(reader(), { name: "late", needs: [subscriber("t")] });
  await bench.add(reader(), { name: "deaf", needs: [subscriber("u")] });
  bench.advanceTo(2 * second);
  assert.deepEqual([bench.reports("late"), bench.reports("deaf")], [[3], []]);
});

test("who subscribes before gets each message once, and who subscribes again the last one again", async () => {
  const bench = await Bench.create();
  const app = new Assembler();
  const received = app.handler(report(call("message.read-number", i32(0), i32(0)).concat(wrap)));
  const again = app.handler(call("message.subscribe", i32(0), i32(received)));
  app.start(
    call("message.subscribe", i32(0), i32(received)),
    call("timer.after", i32(1000), i32(again)),
  );
  await bench.add(app.build(), { name: "reader", needs: [subscriber("t")] });
  await bench.add(teller(1, 3), { name: "teller", needs: [retainer("t")] });
  bench.advanceTo(2 * second);
  assert.deepEqual(bench.reports("reader"), [1, 2, 3, 3]);
});

test("a restarted subscriber and a successor get the retained message, however it was taken before", async () => {
  const bench = await Bench.create();
  await bench.add(teller(7, 1), { name: "teller", needs: [retainer("t")] });
  bench.advanceTo(1 * second);
  const app = new Assembler();
  const received = app.handler(
    code(report(call("message.read-number", i32(0), i32(0)).concat(wrap)), unreachable),
  );
  await bench.add(app.start(call("message.subscribe", i32(0), i32(received))).build(), {
    name: "reader",
    needs: [subscriber("t")],
    restart: { attempts: 2 },
  });
  bench.advanceTo(5 * second);
  assert.deepEqual(bench.reports("reader"), [7, 7, 7]);
  assert.equal(bench.device.stats(1).parked, true);
  await bench.replace(1, reader(), { name: "reader", needs: [subscriber("t")] });
  bench.advanceTo(6 * second);
  assert.deepEqual(bench.reports("reader"), [7, 7, 7, 7]);
});

test("a retained message outlives the end of its publisher and a swap, but not its stop", async () => {
  const bench = await Bench.create();
  const late = async (name: string): Promise<number[]> => {
    await bench.add(reader(), { name, needs: [subscriber("t")] });
    bench.advanceTo(bench.board.nowUs + 1000);
    return bench.reports(name);
  };
  await bench.add(teller(1, 2, unreachable), {
    name: "teller",
    needs: [retainer("t")],
    restart: { attempts: 0 },
  });
  bench.advanceTo(1 * second);
  assert.equal(bench.device.stats(0).parked, true);
  assert.deepEqual(await late("a"), [2]);
  await bench.replace(0, new Assembler().start().build(), {
    name: "teller",
    needs: [retainer("t")],
    health: { seconds: 1 },
  });
  assert.deepEqual(await late("b"), [2]);
  bench.advanceTo(3 * second);
  assert.deepEqual(bench.values("swap.teller"), ["1 on trial", "1 kept"]);
  assert.deepEqual(await late("c"), [2]);
  bench.device.stop(0);
  assert.deepEqual(await late("d"), []);
});

test("a version that does not retain the topic any more forgets it once it is kept", async () => {
  const bench = await Bench.create();
  await bench.add(teller(1, 2), { name: "teller", needs: [retainer("t")] });
  bench.advanceTo(1 * second);
  await bench.replace(0, new Assembler().start().build(), {
    name: "teller",
    needs: [publisher("t")],
    health: { seconds: 1 },
  });
  await bench.add(reader(), { name: "a", needs: [subscriber("t")] });
  bench.advanceTo(3 * second);
  await bench.add(reader(), { name: "b", needs: [subscriber("t")] });
  bench.advanceTo(4 * second);
  assert.deepEqual([bench.reports("a"), bench.reports("b")], [[2], []]);
});

test("what a version on trial has retained stays when it has failed", async () => {
  const bench = await Bench.create();
  await bench.add(teller(1, 2), { name: "teller", needs: [retainer("t")] });
  bench.advanceTo(1 * second);
  await bench.replace(0, teller(50, 3, unreachable), { name: "teller", needs: [retainer("t")] });
  bench.advanceTo(3 * second);
  assert.equal(bench.device.stats(0).version, 0);
  await bench.add(reader(), { name: "a", needs: [subscriber("t")] });
  bench.advanceTo(4 * second);
  assert.deepEqual(bench.reports("a"), [52]);
});

test("two publishers of a retained topic have one last message", async () => {
  const bench = await Bench.create();
  await bench.add(teller(1, 5), { name: "a", needs: [retainer("t")] });
  await bench.add(teller(60, 3), { name: "b", needs: [retainer("t")] });
  bench.advanceTo(350_000);
  await bench.add(reader(), { name: "x", needs: [subscriber("t")] });
  bench.advanceTo(1 * second);
  await bench.add(reader(), { name: "y", needs: [subscriber("t")] });
  bench.advanceTo(1_001_000);
  assert.deepEqual([bench.reports("x"), bench.reports("y")], [[62, 4, 5], [5]]);
});

test("messages of retained topics do not use up the room of those that wait", async () => {
  const bench = await Bench.create();
  const needs = [...Array(8).keys()].map((n) => retainer(`t${n}`));
  const app = new Assembler();
  app.start(...needs.map((_, n) => call("message.publish-number", i32(n), i32(n), i32(0))));
  await bench.add(app.build(), { name: "all", needs });
  // 48 messages in all: 8 retained leave room for ten containers with 4 each.
  for (let i = 0; i < 10; i++)
    await bench.add(reader(), { name: `s${i}`, needs: [subscriber(`t${i % 8}`)] });
  await assert.rejects(
    bench.add(reader(), { name: "more", needs: [subscriber("t")] }),
    /finds no room/,
  );
  for (let round = 0; round < 3; round++)
    for (let i = 0; i < 8; i++) bench.device.receive(`t${i}`, bytes(`${i}`));
  bench.advanceTo(1000);
  for (let i = 0; i < 8; i++) assert.deepEqual(bench.reports(`s${i}`), [i, i, i, i]);
});

test("a successor that fails in its start leaves the old one without a second copy of a retained message", async () => {
  const bench = await Bench.create();
  await bench.add(teller(7, 1), { name: "teller", needs: [retainer("t")] });
  await bench.add(reader(), { name: "reader", needs: [subscriber("t")] });
  bench.advanceTo(1 * second);
  const app = new Assembler();
  const received = app.handler(report(i32(-1)));
  app.start(call("message.subscribe", i32(0), i32(received)), unreachable);
  await bench.replace(1, app.build(), { name: "reader", needs: [subscriber("t")] });
  bench.advanceTo(2 * second);
  assert.deepEqual(bench.reports("reader"), [7]);
});
