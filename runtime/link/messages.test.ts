import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { errorCodes, levels, resetReasons, trapCodes } from "../emulator/sim/contract.js";
import { encodeCbor } from "./cbor.js";
import { deviceBodyBytesMax, hostBodyBytesMax } from "./frames.js";
import {
  decodeDeviceMessage,
  decodeHostMessage,
  type DeviceMessage,
  encodeDeviceMessage,
  encodeHostMessage,
  type HostMessage,
} from "./messages.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const hexBytes = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The example frames of SPEC.md section 7, byte for byte. */
const deviceExamples: readonly (readonly [DeviceMessage, string])[] = [
  [
    { kind: "message", container: 0, timeUs: 1000, topic: "t", payload: bytes("{}") },
    "85 00 00 1903e8 6174 427b7d",
  ],
  [{ kind: "log", container: 1, timeUs: 0, level: "warning", text: "hi" }, "85 01 01 00 02 626869"],
  [
    {
      kind: "ended",
      container: 2,
      timeUs: 2 ** 32,
      code: "time-budget",
      codeOffset: null,
      failures: 1,
      parked: false,
    },
    "87 02 02 1b0000000100000000 08 1affffffff 01 f4",
  ],
  [
    {
      kind: "ended",
      container: 2,
      timeUs: 9,
      code: "unreachable",
      codeOffset: 300,
      failures: 25,
      parked: true,
    },
    "87 02 02 09 01 19012c 1819 f5",
  ],
  [
    {
      kind: "hello",
      firmware: "0.1.0",
      contract: "0.1.0",
      id: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      resetReason: "watchdog",
      running: 3,
      containers: 4,
      wrongFrames: 0,
    },
    "89 03 03 00 65302e312e30 65302e312e30 480102030405060708 02 04 00",
  ],
  [
    { kind: "started", container: 0, timeUs: 70_000, name: "blink", version: 2 },
    "85 04 00 1a00011170 65626c696e6b 02",
  ],
  [
    { kind: "swapped", container: 1, timeUs: 9, version: 2, outcome: "trial", reason: null },
    "86 05 01 09 02 00 00",
  ],
  [
    { kind: "swapped", container: 1, timeUs: 9, version: 2, outcome: "kept", reason: null },
    "86 05 01 09 02 01 00",
  ],
  [
    {
      kind: "swapped",
      container: 1,
      timeUs: 9,
      version: 0,
      outcome: "back",
      reason: "time-budget",
    },
    "86 05 01 09 00 02 08",
  ],
  [
    { kind: "swapped", container: 1, timeUs: 9, version: 0, outcome: "refused", reason: "full" },
    "86 05 01 09 00 03 0b",
  ],
];

/** As the C of the device writes them: heads of stated widths, an array without a length. */
const statedExamples: readonly (readonly [DeviceMessage, string])[] = [
  [
    { kind: "message", container: 0, timeUs: 1000, topic: "t", payload: bytes("{}") },
    "9f 00 1800 1b00000000000003e8 79000174 5900027b7d ff",
  ],
  [
    {
      kind: "ended",
      container: 2,
      timeUs: 9,
      code: "unreachable",
      codeOffset: 300,
      failures: 25,
      parked: true,
    },
    "9f 02 1802 1b0000000000000009 1801 1a0000012c 1819 f5 ff",
  ],
  [
    {
      kind: "hello",
      firmware: "0.1.0",
      contract: "0.1.0",
      id: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      resetReason: "watchdog",
      running: null,
      containers: 4,
      wrongFrames: 0,
    },
    "9f 03 18ff 1b0000000000000000 65302e312e30 65302e312e30 480102030405060708 1802 1804 1a00000000 ff",
  ],
];

const hostExamples: readonly (readonly [HostMessage, string])[] = [
  [
    { kind: "message", topic: "fan", payload: bytes("on") },
    "84 00 480000000000000000 6366616e 426f6e",
  ],
  [
    { kind: "message", topic: "t".repeat(24), payload: new Uint8Array() },
    `84 00 480000000000000000 7818${"74".repeat(24)} 40`,
  ],
  [{ kind: "setting", container: 0, setting: 1, value: -5 }, "84 01 4800000100fbffffff 60 40"],
  [
    { kind: "setting", container: 127, setting: 31, value: 2147483647 },
    "84 01 487f001f00ffffff7f 60 40",
  ],
  [
    { kind: "setting", container: 0, setting: 0, value: -2147483648 },
    "84 01 480000000000000080 60 40",
  ],
  [{ kind: "who" }, "84 02 480000000000000000 60 40"],
  [{ kind: "swap", container: 2, version: 1 }, "84 03 480200010000000000 60 40"],
];

test("frames of a device, byte for byte", () => {
  for (const [message, text] of deviceExamples) {
    assert.equal(hex(encodeDeviceMessage(message)), text.replaceAll(" ", ""));
    assert.deepEqual(decodeDeviceMessage(encodeDeviceMessage(message)), message);
  }
});

test("frames of a device with heads of stated widths say the same", () => {
  for (const [message, text] of statedExamples)
    assert.deepEqual(decodeDeviceMessage(hexBytes(text)), message);
});

test("frames to a device, byte for byte", () => {
  for (const [message, text] of hostExamples) {
    assert.equal(hex(encodeHostMessage(message)), text.replaceAll(" ", ""));
    assert.deepEqual(decodeHostMessage(encodeHostMessage(message)), message);
  }
});

const count = fc.oneof(fc.nat(30), fc.nat(70_000), fc.maxSafeInteger().map(Math.abs));
const text = fc.string({ unit: "binary", maxLength: 120 });
const named = (list: string, names: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...names),
    fc.integer({ min: names.length, max: 99 }).map((n) => `${list}-${n}`),
  );
const about = { container: count, timeUs: count };
const plain = { noNullPrototype: true };

const deviceMessage: fc.Arbitrary<DeviceMessage> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("message" as const),
      ...about,
      topic: text,
      payload: fc.uint8Array({ maxLength: 240 }),
    },
    plain,
  ),
  fc.record(
    { kind: fc.constant("log" as const), ...about, level: named("level", levels), text },
    plain,
  ),
  fc.record(
    {
      kind: fc.constant("ended" as const),
      ...about,
      code: named("trap-code", trapCodes),
      codeOffset: fc.option(fc.nat()),
      failures: count,
      parked: fc.boolean(),
    },
    plain,
  ),
  fc.record(
    {
      kind: fc.constant("hello" as const),
      firmware: text,
      contract: text,
      id: fc.uint8Array({ maxLength: 16 }),
      resetReason: named("reset-reason", resetReasons),
      running: fc.option(fc.nat(254)),
      containers: count,
      wrongFrames: count,
    },
    plain,
  ),
  fc.record({ kind: fc.constant("started" as const), ...about, name: text, version: count }, plain),
  fc
    .record({ kind: fc.constant("swapped" as const), ...about, version: count }, plain)
    .chain((message) =>
      fc.oneof(
        fc
          .constantFrom("trial" as const, "kept" as const)
          .map((outcome) => ({ ...message, outcome, reason: null })),
        named("trap-code", trapCodes).map((reason) => ({
          ...message,
          outcome: "back" as const,
          reason,
        })),
        named("error-code", ["none", ...errorCodes]).map((reason) => ({
          ...message,
          outcome: "refused" as const,
          reason,
        })),
      ),
    ),
);

test("messages of a device: there and back, the names of a newer contract too", () => {
  fc.assert(
    fc.property(deviceMessage, (message) => {
      assert.deepEqual(decodeDeviceMessage(encodeDeviceMessage(message)), message);
    }),
  );
});

test("a newer device may say more: what is behind is ignored, and so are kinds that are not known", () => {
  assert.deepEqual(decodeDeviceMessage(encodeCbor([4, 0, 1, "blink", 2, "more", [1]])), {
    kind: "started",
    container: 0,
    timeUs: 1,
    name: "blink",
    version: 2,
  });
  assert.equal(decodeDeviceMessage(encodeCbor([6, 0, 1])), undefined);
});

test("the longest bodies are as long as stated", () => {
  const line = bytes("x".repeat(360));
  const head = hexBytes("9f 01 187f 1b001fffffffffffff 1803 790168");
  assert.equal(head.length + line.length + 1, deviceBodyBytesMax);
  const heard = { kind: "message", topic: "t".repeat(64), payload: new Uint8Array(240) } as const;
  assert.equal(encodeHostMessage(heard).length, hostBodyBytesMax);
});

test("what no device takes is not sent", () => {
  const payload = new Uint8Array(241);
  assert.throws(
    () => encodeHostMessage({ kind: "message", topic: "t", payload }),
    /payload of 241/,
  );
  const topic = "\u00fc".repeat(33);
  assert.throws(
    () => encodeHostMessage({ kind: "message", topic, payload: new Uint8Array() }),
    /topic of 66/,
  );
  for (const container of [-1, 0.5, 65_536])
    assert.throws(() => encodeHostMessage({ kind: "swap", container, version: 0 }), RangeError);
  for (const value of [0.5, 2 ** 31, NaN])
    assert.throws(
      () => encodeHostMessage({ kind: "setting", container: 0, setting: 0, value }),
      RangeError,
    );
});

const wrong: readonly (readonly [value: Parameters<typeof encodeCbor>[0], why: string])[] = [
  [7, "no array"],
  [[], "nothing in it"],
  [["0", 0, 0, "t", new Uint8Array()], "a kind that is a text"],
  [[0, 0, 0, "t"], "too few items"],
  [[0, 0, 0, "t", "text"], "a payload that is a text"],
  [[0, -1, 0, "t", new Uint8Array()], "a container below 0"],
  [[1, 0, 0, "info", "text"], "a level that is a text"],
  [[2, 0, 0, 1, -1, 1, false], "an offset below 0"],
  [[2, 0, 0, 1, 9, 1, 0], "parked that is a number"],
  [[3, 255, 0, "0.1.0", "0.1.0", "id", 0, 1, 0], "an id that is a text"],
  [[4, 0, null, "blink"], "no time"],
  [[4, 0, 1, "blink", "2"], "a version that is a text"],
  [[5, 0, 1, 2, 4, 0], "an outcome that there is not"],
  [[5, 0, 1, 2, 2], "back without a reason"],
];

test("bodies that are wrong say nothing", () => {
  for (const [value, why] of wrong)
    assert.equal(decodeDeviceMessage(encodeCbor(value)), undefined, why);
});

test("garbage never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (garbage) => {
      decodeDeviceMessage(garbage);
      decodeHostMessage(garbage);
    }),
    { numRuns: 2000 },
  );
});
