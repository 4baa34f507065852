/** The device's end of the link, compiled, against the host's: each reads what the other writes, whatever it is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { armCompiler } from "../../runtime/firmware/arm.js";
import {
  contractVersion,
  errorCodes,
  levels,
  trapCodes,
} from "../../runtime/emulator/sim/contract.js";
import { encodeCbor, type CborValue } from "../../runtime/link/cbor.js";
import { encodeFrame, FrameReader, hostBodyBytesMax } from "../../runtime/link/frames.js";
import {
  decodeDeviceMessage,
  decodeHostMessage,
  type DeviceMessage,
  encodeHostMessage,
  type HostMessage,
} from "../../runtime/link/messages.js";
import { buildLink, type Heard, LinkMachine, parked } from "./link-machine.js";

const program = armCompiler() === undefined ? undefined : buildLink();
const options = program === undefined ? { skip: "needs arm-none-eabi-gcc" } : {};
const noOffset = 0xffff_ffff;
const nobody = 255;

function start(): LinkMachine {
  const machine = new LinkMachine(program!);
  machine.call("link_hello", 1, nobody);
  return machine;
}

/** What the bytes say; fails if any of them are wrong. */
function read(bytes: Uint8Array): DeviceMessage[] {
  const reader = new FrameReader();
  const messages = reader.push(bytes).map((body) => decodeDeviceMessage(body));
  assert.equal(reader.wrong, 0);
  assert.ok(messages.every((message) => message !== undefined));
  return messages;
}

/** A device that has said hello to somebody. */
function started(): LinkMachine {
  const machine = start();
  machine.takeAll();
  return machine;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("hello comes first, and again with the names for who asks", options, () => {
  const machine = new LinkMachine(program!);
  machine.resetReason = 2;
  machine.container(0, "blink");
  machine.container(126, "stands-by");
  machine.container(127, "thermostat-of-the-green-house-12");
  machine.call("link_hello", 2, 127);
  const hello: DeviceMessage = {
    kind: "hello",
    firmware: "0.1.0",
    contract: contractVersion,
    id: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    resetReason: "watchdog",
    running: 127,
    containers: 2,
    wrongFrames: 0,
  };
  assert.deepEqual(read(machine.takeAll()), [hello]);
  machine.receive(encodeFrame(encodeHostMessage({ kind: "who" })));
  machine.version = 40;
  const names = [
    { kind: "started", container: 0, timeUs: 0, name: "blink", version: 40 },
    {
      kind: "started",
      container: 127,
      timeUs: 0,
      name: "thermostat-of-the-green-house-12",
      version: 40,
    },
  ];
  assert.deepEqual(read(machine.takeAll()), [hello, ...names]);
});

test("128 names are told, though they do not fit at once, and what waited stays", options, () => {
  const machine = started();
  const flood = machine.container(0, `${"n".repeat(29)}000`);
  for (let i = 1; i < 128; i++) machine.container(i, `${"n".repeat(29)}${i}`);
  while (machine.log(flood, 1, "x".repeat(100)));
  machine.receive(encodeFrame(encodeHostMessage({ kind: "who" })));
  const messages = read(machine.takeAll());
  assert.equal(messages.filter((one) => one.kind === "started").length, 127);
  const first = messages.findIndex((one) => one.kind === "hello");
  assert.ok(first > 0 && messages.slice(0, first).every((one) => one.kind === "log"));
});

const timeUs = fc.oneof(
  fc.nat(300),
  fc.nat(70_000),
  fc.nat(2 ** 31 - 1),
  fc.maxSafeInteger().map(Math.abs),
);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 240 }),
  fc.uint8Array({ minLength: 230, maxLength: 240, min: 1 }),
  fc.nat(240).map((length) => new Uint8Array(length)),
);
const topic = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 1,
  maxLength: 64,
});
const line = fc
  .string({ unit: "binary", maxLength: 360 })
  .filter((text) => bytes(text).length <= 360);
const spoken: fc.Arbitrary<DeviceMessage> = fc.oneof(
  fc.record(
    { kind: fc.constant("message" as const), container: fc.nat(127), timeUs, topic, payload },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      kind: fc.constant("log" as const),
      container: fc.nat(127),
      timeUs,
      level: fc.constantFrom(...levels),
      text: line,
    },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      kind: fc.constant("ended" as const),
      container: fc.nat(127),
      timeUs,
      code: fc.constantFrom(...trapCodes),
      codeOffset: fc.option(fc.nat(2 ** 24)),
      failures: fc.nat(255),
      parked: fc.boolean(),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      kind: fc.constant("started" as const),
      container: fc.nat(127),
      timeUs,
      name: topic.map((t) => t.slice(0, 32)),
      version: fc.nat(126),
    },
    { noNullPrototype: true },
  ),
  fc
    .record(
      {
        kind: fc.constant("swapped" as const),
        container: fc.nat(127),
        timeUs,
        version: fc.nat(126),
      },
      { noNullPrototype: true },
    )
    .chain((about) =>
      fc.oneof(
        fc
          .constantFrom("trial" as const, "kept" as const)
          .map((outcome) => ({ ...about, outcome, reason: null })),
        fc
          .constantFrom(...trapCodes)
          .map((reason) => ({ ...about, outcome: "back" as const, reason })),
        fc
          .constantFrom(...errorCodes)
          .map((reason) => ({ ...about, outcome: "refused" as const, reason })),
      ),
    ),
);

/** enum swap_outcome, LINK_REFUSED, and the code beside it. */
function swapWords({ outcome, reason }: Extract<DeviceMessage, { kind: "swapped" }>): number[] {
  if (outcome === "back") return [2, trapCodes.indexOf(reason as never)];
  if (outcome === "refused") return [3, 1 + errorCodes.indexOf(reason as never)];
  return [outcome === "kept" ? 1 : 0, 0];
}

/** Has the device say it. */
function speak(machine: LinkMachine, message: DeviceMessage): void {
  if (message.kind === "hello") return;
  machine.nowUs = message.timeUs;
  const trap = message.kind === "ended" ? trapCodes.indexOf(message.code as never) : 0;
  const state = message.kind === "ended" && message.parked ? parked : 2;
  const failures = message.kind === "ended" ? message.failures : 0;
  const name = message.kind === "started" ? message.name : "x";
  const self = machine.container(message.container, name, { trap, state, failures });
  if (message.kind === "message") assert.ok(machine.message(self, message.topic, message.payload));
  if (message.kind === "log")
    assert.ok(machine.log(self, levels.indexOf(message.level as never), message.text));
  if (message.kind === "ended") machine.call("link_ended", self, message.codeOffset ?? noOffset);
  if ("version" in message) machine.version = message.version;
  if (message.kind === "started") machine.call("link_started", self);
  if (message.kind === "swapped") machine.call("link_swapped", self, ...swapWords(message));
}

test("the host reads what the device writes", options, () => {
  const machine = started();
  fc.assert(
    fc.property(
      fc.array(spoken, { maxLength: 6 }),
      fc.integer({ min: 1, max: 400 }),
      (messages, capacity) => {
        const heard: number[] = [];
        for (const message of messages) {
          speak(machine, message);
          heard.push(...machine.take(capacity));
        }
        heard.push(...machine.takeAll(capacity));
        assert.deepEqual(read(Uint8Array.from(heard)), messages);
      },
    ),
    { numRuns: 200 },
  );
});

/** As link.c tells the core what a body says. */
function expected(message: HostMessage | undefined): Heard[] {
  if (message?.kind === "message")
    return [{ call: "route", topic: bytes(message.topic), payload: message.payload }];
  if (message?.kind === "setting" && message.container === 3)
    return [{ call: "change", container: 3, setting: message.setting, value: message.value }];
  if (message?.kind === "swap" && message.container === 3)
    return [{ call: "swap", container: 3, version: message.version }];
  return [];
}

function wrongFrames(machine: LinkMachine): number {
  machine.receive(encodeFrame(encodeHostMessage({ kind: "who" })));
  const hello = read(machine.takeAll()).find((message) => message.kind === "hello");
  return hello!.wrongFrames;
}

const told: fc.Arbitrary<HostMessage> = fc.oneof(
  fc.record({ kind: fc.constant("message" as const), topic, payload }),
  fc.record({
    kind: fc.constant("setting" as const),
    container: fc.constant(3),
    setting: fc.oneof(fc.nat(31), fc.nat(65_535)),
    value: fc.oneof(
      fc.integer(),
      fc.integer({ min: -300, max: 300 }),
      fc.constantFrom(-(2 ** 31), 2 ** 31 - 1),
    ),
  }),
  fc.record({
    kind: fc.constant("swap" as const),
    container: fc.constant(3),
    version: fc.oneof(fc.nat(3), fc.nat(65_535)),
  }),
);

test("the device reads what the host writes", options, () => {
  const machine = started();
  machine.container(3, "x");
  fc.assert(
    fc.property(fc.array(told, { maxLength: 5 }), (messages) => {
      machine.heard.length = 0;
      machine.receive(
        Uint8Array.from(messages.flatMap((one) => [...encodeFrame(encodeHostMessage(one))])),
      );
      assert.deepEqual(machine.heard, messages.flatMap(expected));
    }),
    { numRuns: 200 },
  );
  assert.equal(wrongFrames(machine), 0);
});

/** Bodies near to right ones: any CBOR, and right ones with a byte changed, left out or added. */
const fields = fc.uint8Array({ minLength: 8, maxLength: 8 });
const nearly = fc.oneof(
  fc
    .array(
      fc.oneof<fc.Arbitrary<CborValue>[]>(
        fc.nat(3),
        fc.integer(),
        topic,
        payload,
        fc.constant(null),
      ),
      { maxLength: 5 },
    )
    .map(encodeCbor),
  fc.tuple(fc.nat(5), fields, topic, fc.uint8Array({ maxLength: 250 })).map(encodeCbor),
  fc.tuple(told, fc.nat(), fc.nat(255), fc.nat(3)).map(([message, place, byte, kind]) => {
    const body = [...encodeHostMessage(message)];
    const at = place % Math.min(body.length, 16);
    body.splice(at, kind === 0 ? 0 : 1, ...(kind === 1 ? [] : [byte]));
    return Uint8Array.from(body);
  }),
  fc.uint8Array({ maxLength: 360 }),
);

test(
  "device and host agree on which bodies are right, and the device counts the others",
  options,
  () => {
    const machine = started();
    machine.container(3, "x");
    let wrong = 0;
    fc.assert(
      fc.property(nearly, (body) => {
        const message = body.length > hostBodyBytesMax ? undefined : decodeHostMessage(body);
        machine.heard.length = 0;
        machine.receive(encodeFrame(body));
        if (!hasBadTopic(machine.heard)) assert.deepEqual(machine.heard, expected(message));
        if (machine.heard.length === 0 && message?.kind !== "who") wrong++;
      }),
      { numRuns: 1000 },
    );
    assert.equal(wrongFrames(machine), wrong);
  },
);

/** A topic that is no UTF-8 is none of any subscription: the device need not look. */
function hasBadTopic(heard: readonly Heard[]): boolean {
  const [first] = heard;
  return first?.call === "route" && new TextDecoder().decode(first.topic).includes("\ufffd");
}

test("garbage between frames harms none of them", options, () => {
  const machine = started();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), told, (garbage, message) => {
      machine.container(3, "x");
      machine.receive(garbage);
      machine.heard.length = 0;
      machine.receive(encodeFrame(encodeHostMessage(message)));
      assert.deepEqual(machine.heard, expected(message));
    }),
    { numRuns: 300 },
  );
});

test("frames that are cut short, too long or damaged are counted", options, () => {
  const machine = started();
  const good = encodeFrame(encodeHostMessage({ kind: "message", topic: "t", payload: bytes("1") }));
  const damaged = good.slice();
  damaged[4]! ^= 1;
  machine.receive(damaged);
  machine.receive(good.slice(0, -3));
  machine.receive(Uint8Array.of(0));
  machine.receive(new Uint8Array(5000).fill(9));
  machine.receive(Uint8Array.of(0));
  machine.receive(Uint8Array.of(1, 0, 2, 0, 0, 0, 3, 1, 0));
  assert.deepEqual(machine.heard, []);
  machine.receive(good);
  assert.equal(machine.heard.length, 1);
  // Where there is nothing between two zeros there is no frame.
  assert.equal(wrongFrames(machine), 6);
});

test(
  "a setting that the core refuses, or of a container that is not there, counts as wrong",
  options,
  () => {
    const machine = started();
    machine.container(3, "x");
    const set = (container: number): void =>
      machine.receive(
        encodeFrame(encodeHostMessage({ kind: "setting", container, setting: 0, value: 1 })),
      );
    set(2);
    set(128);
    set(65_535);
    assert.deepEqual(machine.heard, []);
    set(3);
    assert.equal(machine.heard.length, 1);
    machine.changeResult = -9;
    set(3);
    assert.equal(wrongFrames(machine), 4);
  },
);

test(
  "a swap that cannot be is told, and of a container that is not there counts as wrong",
  options,
  () => {
    const machine = started();
    machine.container(3, "x");
    const swap = (container: number): void =>
      machine.receive(encodeFrame(encodeHostMessage({ kind: "swap", container, version: 7 })));
    swap(3);
    assert.deepEqual(machine.heard, [{ call: "swap", container: 3, version: 7 }]);
    machine.swapResult = -11;
    machine.version = 2;
    swap(3);
    const refused = { kind: "swapped", container: 3, timeUs: 0, version: 2 };
    assert.deepEqual(read(machine.takeAll()), [{ ...refused, outcome: "refused", reason: "full" }]);
    for (const none of [2, 128, 259, 65_535]) swap(none);
    assert.equal(machine.heard.length, 2);
    assert.equal(wrongFrames(machine), 4);
  },
);

test(
  "while a host reads, a container has a quarter of the room, and its neighbours still have theirs",
  options,
  () => {
    const machine = started();
    const [loud, quiet] = [machine.container(0, "loud"), machine.container(1, "quiet")] as const;
    let taken = 0;
    while (machine.log(loud, 1, "x".repeat(60))) taken++;
    assert.ok(taken >= 9 && taken * 80 <= 1024, `${taken} lines`);
    assert.ok(machine.log(quiet, 1, "still heard"));
    assert.ok(!machine.log(loud, 1, "x".repeat(60)));
    const messages = read(machine.takeAll());
    assert.equal(messages.length, taken + 1);
    assert.ok(machine.log(loud, 1, "x".repeat(60)));
  },
);

test("containers together leave room for the kernel, which is heard even so", options, () => {
  const machine = started();
  for (let i = 0; i < 10; i++) {
    const self = machine.container(i, `flood-${i}`);
    while (machine.log(self, 1, "x".repeat(100)));
  }
  const self = machine.container(20, "other", { trap: 8, failures: 1 });
  machine.call("link_ended", self, 12);
  const messages = read(machine.takeAll());
  assert.equal(messages.filter((one) => one.kind === "ended").length, 1);
  for (let i = 0; i < 10; i++) {
    assert.ok(messages.some((one) => one.kind === "log" && one.container === i));
  }
});

test(
  "frames of the kernel make the oldest ones give way, also one that was half sent",
  options,
  () => {
    const machine = started();
    const self = machine.container(0, "loud");
    machine.log(self, 1, "first".repeat(10));
    const half = machine.take(20);
    for (let i = 0; i < 400; i++) machine.call("link_ended", self, i);
    const reader = new FrameReader();
    const messages = reader
      .push(Uint8Array.of(...half, ...machine.takeAll()))
      .map((body) => decodeDeviceMessage(body)!);
    assert.equal(reader.wrong, 1);
    const offsets = messages.map((one) => one.kind === "ended" && one.codeOffset);
    assert.ok(offsets.length > 100);
    assert.deepEqual(
      offsets,
      Array.from({ length: offsets.length }, (_, i) => 400 - offsets.length + i),
    );
  },
);

test("while nobody reads, the oldest frames give way to new ones", options, () => {
  const machine = start();
  machine.isRead = false;
  const self = machine.container(0, "loud");
  for (let i = 0; i < 500; i++) assert.ok(machine.log(self, 1, `line ${i}`));
  machine.isRead = true;
  const lines = read(machine.takeAll()).map((one) => one.kind === "log" && one.text);
  assert.ok(lines.length > 80, `${lines.length} lines`);
  assert.deepEqual(
    lines,
    Array.from({ length: lines.length }, (_, i) => `line ${500 - lines.length + i}`),
  );
});

test("the room never runs out of step, whatever is said and taken", options, () => {
  const machine = started();
  const sizes = fc.array(fc.tuple(fc.nat(3), fc.nat(360), fc.nat(500), fc.boolean()), {
    minLength: 100,
    maxLength: 150,
  });
  fc.assert(
    fc.property(sizes, (steps) => {
      const accepted: string[] = [];
      const said: number[] = [];
      machine.isRead = true;
      for (const [index, length, capacity, takes] of steps) {
        const text = `${accepted.length}`.padEnd(length, ".").slice(0, 360);
        if (machine.log(machine.container(index, "x"), 1, text)) accepted.push(text);
        if (takes) said.push(...machine.take(capacity));
      }
      said.push(...machine.takeAll());
      const lines = read(Uint8Array.from(said)).map((one) => one.kind === "log" && one.text);
      assert.deepEqual(lines, accepted);
    }),
    { numRuns: 20 },
  );
});

test("the longest line fits, one byte of its frame at a time", options, () => {
  const machine = started();
  machine.nowUs = Number.MAX_SAFE_INTEGER;
  const text = "\u0000".repeat(360);
  machine.log(machine.container(127, "x"), 3, text);
  const [message] = read(machine.takeAll(1));
  assert.deepEqual(message, {
    kind: "log",
    container: 127,
    timeUs: machine.nowUs,
    level: "error",
    text,
  });
});
