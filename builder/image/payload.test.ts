import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  adc,
  i2c,
  input,
  output,
  publisher,
  pwm,
  spi,
  subscriber,
  uart,
} from "../../test/helpers/bench.js";
import { expectGolden } from "../../test/helpers/golden.js";
import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import { encodeDescribed } from "../../runtime/manifest/description.js";
import { wordSegments } from "./data.js";
import { decodePayload, encodePayload, type Part, type Payload } from "./payload.js";
import { payloads } from "./payloads.test-support.js";
import { blink, hexOf, station } from "./samples.test-support.js";

function decoded(bytes: Uint8Array): Payload {
  const { payload, error } = decodePayload(bytes);
  assert.ok(payload, error?.message);
  return payload;
}

function partsOf(bytes: Uint8Array): readonly Part[] {
  return decodePayload(bytes).parts!;
}

/** Bytes of the station with a word, half or byte written over. */
function changed(offset: number, ...bytes: number[]): Uint8Array {
  const copy = encodePayload(station);
  copy.set(bytes, offset);
  return copy;
}

const stationBytes = encodePayload(station);
const at = (name: string): number =>
  partsOf(stationBytes).find((part) => part.name === name)!.offset;

test("the bytes of payloads", () => {
  const texts = [blink, station].map((payload) => hexOf(encodePayload(payload)));
  expectGolden("builder/image/payload.golden.txt", texts.join("\n"));
});

test("blink has 120 bytes beside its code and names", () => {
  const sizes = partsOf(encodePayload(blink)).map(({ name, bytes }) =>
    name === "code" || name === "names" ? 0 : bytes,
  );
  assert.equal(
    sizes.reduce((sum, bytes) => sum + bytes, 0),
    120,
  );
});

test("what was written is read", () => {
  assert.deepEqual(decoded(encodePayload(blink)), blink);
  assert.deepEqual(decoded(stationBytes), station);
  const recursive = { ...blink, limits: { ...blink.limits, stackBytes: null } };
  assert.deepEqual(decoded(encodePayload(recursive)), recursive);
});

test("parts lie one behind the other in whole words, from wherever the bytes come", () => {
  const shifted = new Uint8Array(stationBytes.length + 7);
  shifted.set(stationBytes, 5);
  const parts = partsOf(shifted.subarray(5, 5 + stationBytes.length));
  let end = 0;
  for (const { offset, bytes } of parts) {
    assert.equal(offset, end);
    assert.equal(bytes % 4, 0);
    end += bytes;
  }
  assert.equal(end, stationBytes.length);
});

test("stack is counted in words, code filled up with udf #0, data in words without zeros", () => {
  const code = Uint8Array.of(0x70, 0x47);
  const data = [{ address: 2, bytes: new Uint8Array(40).fill(7, 1, 2) }];
  const limits = { memoryBytes: 64, stackBytes: 5, eventMs: 1 };
  const payload = decoded(encodePayload({ ...blink, code, entries: [0], limits, data }));
  assert.deepEqual([...payload.code], [0x70, 0x47, 0x00, 0xde]);
  assert.deepEqual(payload.limits, { ...limits, stackBytes: 8 });
  assert.deepEqual(payload.data, [{ address: 0, bytes: Uint8Array.of(0, 0, 0, 7) }]);
});

/** Where the policy of the station begins: behind the header, ten needs and three settings. */
const policyAt = 72 + 16 + 10 * 20 + 3 * 12;
const stateAt = policyAt + 8 + 3 * 4;

const fails: readonly [what: string, bytes: Uint8Array, offset: number, message: RegExp][] = [
  ["no payload", changed(1, 0), 1, /does not begin with `thmb`/],
  ["a later format", changed(4, 2), 4, /format is 2, and only 1 is known/],
  ["format 0", changed(4, 0), 4, /format is 0/],
  ["another CPU", changed(6, 2), 6, /cpu is 2/],
  ["bounds that do not exist", changed(7, 3), 7, /bounds is 3/],
  ["a byte less than it says", stationBytes.subarray(0, -1), 8, /has \d+ bytes, but there are/],
  ["a byte more", Uint8Array.of(...stationBytes, 0), 8, /has \d+ bytes, but there are/],
  ["4 GB of payload", changed(8, 255, 255, 255, 255), 8, /above 16777216/],
  ["4 GB of code", changed(12, 252, 255, 255, 255), 12, /above 16777216/],
  ["parts that reach into each other", changed(12, 16), 8, /but its parts have/],
  ["code of a size that would misalign it", changed(12, 14), 12, /no multiple of 4 above 0/],
  ["no code", changed(12, 0), 12, /no multiple of 4 above 0/],
  ["data of a size that would misalign what follows", changed(16, 29), 16, /no multiple of 4/],
  ["more data than bytes", changed(16, 0, 0, 1), 8, /but its parts have/],
  ["contract 0.1.10000", changed(24, 0x10, 0x27), 24, /contractPatch is 10000/],
  ["no entry", changed(28, 0, 0), 28, /entry 0 is `start`/],
  ["65535 entries", changed(28, 255, 255), 8, /but its parts have/],
  ["65535 globals", changed(30, 255, 255), 8, /but its parts have/],
  ["65535 bytes of names", changed(32, 255, 255), 8, /but its parts have/],
  ["a state layout", changed(34, 1), 34, /stateWords is 1, above 0/],
  ["other helpers", changed(36, 2), 36, /helperAbi is 2/],
  ["257 helpers", changed(37, 9), 37, /above 8/],
  ["257 host calls", changed(38, 9), 38, /above 8/],
  ["a root that does not exist", changed(39, 7), 39, /above 3/],
  ["a longer description", changed(74, 0, 4), 8, /but its parts have/],
  ["a description of 5000 bytes", changed(74, 0x88, 0x13), 8, /but its parts have/],
  ["another description", changed(72, 2), 72, /format of the description/],
  ["memory that no region can hold", changed(76, 33, 1), 76, /no multiple of an eighth/],
  ["no time", changed(80, 0, 0), 80, /eventMs is 0/],
  ["33 needs", changed(84, 33), 84, /33 needs, at most 32/],
  ["33 settings", changed(85, 33), 85, /33 settings/],
  ["97 names of state", changed(86, 97), 86, /97 names of state, at most 96/],
  ["state without a policy", changed(87, 0), 86, /3 names of state, at most 0/],
  ["two policies", changed(87, 2), 87, /2 policies/],
  ["restart at once", changed(policyAt, 9, 0), policyAt, /restart delay is 9, not 10/],
  ["16 restarts", changed(policyAt + 2, 16), policyAt + 2, /number of restarts is 16/],
  ["half a wish", changed(policyAt + 3, 2), policyAt + 3, /wish for confirm is 2/],
  ["no trial", changed(policyAt + 4, 0, 0), policyAt + 4, /length of the trial is 0/],
  ["another setting", changed(policyAt + 8, 0), policyAt + 8, /hash of the setting eco/],
  ["hashes out of order", changed(stateAt + 8, 0, 0, 0, 0), stateAt + 8, /do not ascend/],
  ["a hash twice", changed(stateAt + 8, 4, 3, 2, 1), stateAt + 8, /do not ascend/],
  ["a field at an odd byte", changed(stateAt + 4, 4), stateAt + 4, /8 bytes cannot lie at 4/],
  ["a field behind 1,024 bytes", changed(stateAt + 5, 4), stateAt + 4, /cannot lie at 1032/],
  ["a field of 3 bytes", changed(stateAt + 6, 3), stateAt + 6, /a field of 3 bytes/],
  ["a name that is neither", changed(stateAt + 7, 2), stateAt + 7, /2 does not say whether/],
  ["a field on another", changed(stateAt + 12, 8), stateAt, /two fields of the state lie at 8/],
  ["an older name of nothing", changed(stateAt + 20, 16), stateAt + 16, /where none is/],
  ["an older name of half a field", changed(stateAt + 22, 4), stateAt + 16, /where none is/],
  ["needs that are not there", changed(84, 32), 88 + 20 * 10 + 8, /pins of a need/],
  ["a pin in a payload", changed(88 + 20 + 8, 5), 88 + 20 + 8, /pins of a need .* is 5/],
  ["an i2c address of 0x78", changed(88 + 5, 0x78), 88 + 5, /address .* is 120, not 8 to 119/],
  ["a default outside", changed(288 + 11, 0x80), 288, /a setting is 1 in a range/],
  ["a host call 239", changed(at("host calls") + 28, 0, 128), at("host calls") + 28, /holds 239/],
  [
    "a set that ends in 0",
    changed(at("helpers") + 28, 0, 0, 0, 0),
    at("helpers") + 28,
    /last word/,
  ],
  ["an empty start function", changed(at("entries"), 255, 255, 255, 255), at("entries"), /empty/],
  ["an empty entry 0", changed(at("entries") + 8, 255, 255, 255, 255), at("entries") + 8, /empty/],
  [
    "an entry behind the code",
    changed(at("entries") + 16, 12),
    at("entries") + 16,
    /outside of 12/,
  ],
  ["an entry at an odd byte", changed(at("entries") + 16, 5), at("entries") + 16, /odd offset 5/],
  ["data at an odd byte", changed(at("data"), 9), at("data"), /no multiple of 4/],
  ["empty data", changed(at("data") + 4, 0), at("data") + 4, /0 bytes of data/],
  ["data behind memory", changed(at("data") + 12, 60, 1), at("data") + 16, /leave a memory of 320/],
  ["data that overlaps", changed(at("data") + 12, 8, 0), at("data") + 12, /begins before the end/],
  [
    "data that wraps",
    changed(at("data") + 16, 252, 255, 255, 255),
    at("data") + 16,
    /leave a memory/,
  ],
  ["a name in capitals", changed(at("names") + 2, 65), at("names"), /a name with/],
  ["a name too long", changed(at("names") + 1, 200), at("code") - 1, /names ends too early/],
];

for (const [what, bytes, offset, message] of fails) {
  test(`${what}: refused`, () => {
    const { payload, error } = decodePayload(bytes);
    assert.equal(payload, undefined);
    assert.match(error!.message, message);
    assert.equal(error!.offset, offset);
  });
}

/** What the wiring of a need fills in: active low, pull, unit, i2c address, pins, hertz. */
const wired = [2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15];

test("the description is the one of the core but for what the wiring fills in", () => {
  const needs = [input(1, true), output(2), pwm(3), adc(1), i2c(0x40), spi(9), uart(1)];
  const topics = [publisher("a/b", [{ name: "x", decimals: 3 }]), subscriber("c")];
  const connections = [...needs, ...topics].map(([, connection]) => connection);
  const described = { ...station, needs: [...needs, ...topics].map(([need]) => need) };
  const core = encodeDescribed(described, connections, station.limits.memoryBytes);
  const bytes = encodePayload(described);
  const { offset } = partsOf(bytes).find(({ name }) => name === "description")!;
  const loaded = bytes.slice(offset, offset + core.length);
  connections.forEach((_, index) => {
    for (const byte of wired) {
      const place = 16 + 20 * index + byte;
      loaded[place] = core[place]!;
    }
  });
  assert.deepEqual(loaded, core);
});

test("every truncation is refused at a byte that is there", () => {
  for (const whole of [encodePayload(blink), stationBytes])
    for (let length = 0; length < whole.length; length++) {
      const { error } = decodePayload(whole.subarray(0, length));
      assert.ok(error, `${length} bytes`);
      assert.ok(error.offset <= length, `${length} bytes: ${error.offset}`);
    }
});

/** Holds whatever was read to what a device relies on. */
function assertInBounds(payload: Payload): void {
  const { code, limits, data, entries, start, collect } = payload;
  for (const offset of [...entries, start ?? 0, collect ?? 0])
    assert.ok(offset === -1 || (offset >= 0 && offset < code.length && offset % 2 === 0));
  assert.ok(entries[0]! >= 0 && start !== -1 && collect !== -1);
  for (const { address, bytes } of data) assert.ok(address + bytes.length <= limits.memoryBytes);
  assert.ok(limits.eventMs >= 1 && limits.eventMs <= 10_000);
  assert.ok(payload.helpers.every((helper) => helper < 256));
  assert.ok(payload.hostCalls.every((call) => call < 239));
  const again = decoded(encodePayload(payload));
  assert.deepEqual(again, { ...payload, data: wordSegments(data, limits.memoryBytes) });
}

test("every change of one byte is refused or leaves values in their bounds", () => {
  const all = Array.from({ length: 255 }, (_, index) => index + 1);
  const bitsOrAll = [1, 2, 4, 8, 16, 32, 64, 128, 255];
  const cases = [
    [encodePayload(blink), all],
    [stationBytes, bitsOrAll],
  ] as const;
  for (const [whole, changes] of cases) {
    const bytes = Uint8Array.from(whole);
    for (let offset = 0; offset < bytes.length; offset++) {
      for (const change of changes) {
        bytes[offset] = whole[offset]! ^ change;
        const { payload, error } = decodePayload(bytes);
        if (payload !== undefined) assertInBounds(payload);
        else assert.ok(error!.offset <= bytes.length, error!.message);
      }
      bytes[offset] = whole[offset]!;
    }
  }
});

test("changes of several bytes neither", () => {
  const change = fc.tuple(fc.nat(stationBytes.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 2, maxLength: 8 }), (changes) => {
      const bytes = Uint8Array.from(stationBytes);
      for (const [offset, byte] of changes) bytes[offset] = byte;
      const { payload } = decodePayload(bytes);
      if (payload !== undefined) assertInBounds(payload);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      assert.ok(decodePayload(bytes).error);
    }),
  );
});

test("what no reader would take is not written", () => {
  const refusals: [Partial<Payload>, RegExp][] = [
    [{ entries: [] }, /there is no entry/],
    [{ entries: [16] }, /outside of 16 bytes of code/],
    [{ entries: [2 ** 32] }, /outside of 16 bytes of code/],
    [{ code: new Uint8Array(0) }, /code/],
    [{ helpers: [256] }, /256 in a set of 0 to 255/],
    [{ hostCalls: [239] }, /239 in a set/],
    [{ contract: "0.1" }, /contractPatch cannot be/],
    [{ name: "Blink" }, /a name/],
    [{ limits: { ...blink.limits, stackBytes: 262_140 } }, /stackWords cannot be/],
    [{ data: [{ address: 0, bytes: Uint8Array.of(1) }] }, /memory up to 0 bytes/],
    [{ globals: Array.from({ length: 65_536 }, () => 0) }, /globalWords cannot be 65536/],
    [{ mapSha256: new Uint8Array(31) }, /32 bytes, not 31/],
    [{ needs: [...blink.needs, ...blink.needs] }, /a second need or setting led/],
  ];
  for (const [change, message] of refusals) {
    assert.throws(
      () => encodePayload({ ...blink, ...change }),
      (error) => error instanceof DiagnosticError && message.test(error.message),
      String(message),
    );
  }
});

test("any payload comes back, its data as words", () => {
  fc.assert(
    fc.property(payloads, (payload) => {
      const { memoryBytes } = payload.limits;
      const bytes = encodePayload(payload);
      const again = decoded(bytes);
      assert.deepEqual(again, { ...payload, data: wordSegments(payload.data, memoryBytes) });
      assert.deepEqual(encodePayload(again), bytes);
      const memory = (segments: Payload["data"]): Uint8Array => {
        const image = new Uint8Array(memoryBytes);
        for (const { address, bytes: own } of segments) image.set(own, address);
        return image;
      };
      assert.deepEqual(memory(again.data), memory(payload.data));
    }),
    { numRuns: 300 },
  );
});
