import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeDescription } from "./description.js";
import type { Manifest } from "./manifest.js";
import { nameHash } from "./state.js";

const limits = { memoryBytes: 256, stackBytes: null, eventMs: 20 };
const before: Pick<Manifest, "needs" | "settings" | "limits"> = {
  needs: [],
  settings: [
    { name: "setPoint", type: "decimal", decimals: 3, default: 21500, min: 5000, max: 30000 },
  ],
  limits,
};
const header = [1, 0, 28, 0, 0, 1, 0, 0, 20, 0, 0, 0, 0, 1, 0, 0];
const setting = [0xfc, 0x53, 0, 0, 0x88, 0x13, 0, 0, 0x30, 0x75, 0, 0];

const words = (...values: number[]): number[] => [
  ...new Uint8Array(Uint32Array.from(values).buffer),
];

test("the hash of a name is the CRC-32 of zlib", () => {
  // The check value of CRC-32 in the catalogue of parametrised CRC algorithms is that of "123456789".
  assert.equal(nameHash("123456789"), 0xcbf43926);
  assert.equal(nameHash("12345", "789"), nameHash("12345:789"));
});

test("a manifest from before there was a policy gives the bytes of then", () => {
  assert.deepEqual([...encodeDescription(before, [], 256)], [...header, ...setting]);
});

test("policy, hashes of settings and records of the state stand behind the settings", () => {
  const manifest = {
    ...before,
    health: { seconds: 0x0102, events: 0x0304, confirm: true },
    restart: { delayMs: 1000, attempts: 5 },
    state: {
      bytes: 8,
      fields: [
        { name: "heating", type: "bool", offset: 0 },
        { name: "targetMilliC", type: "i32", offset: 4, was: ["target"] },
      ],
    },
  } as const;
  const rules = [0xe8, 3, 5, 1, 2, 1, 4, 3];
  const records: readonly (readonly [name: string, ...rest: number[]])[] = [
    ["heating:bool", 0, 0, 1, 0],
    ["target:i32", 4, 0, 4, 1],
    ["targetMilliC:i32", 4, 0, 4, 0],
  ];
  const state = records
    .map(([name, ...rest]) => ({ hash: nameHash(name), rest }))
    .toSorted((a, b) => a.hash - b.hash);
  assert.deepEqual(
    [...encodeDescription(manifest, [], 256)],
    [
      ...header.with(2, 64).with(14, 3).with(15, 1),
      ...setting,
      ...rules,
      ...words(nameHash("setPoint:decimal:3")),
      ...state.flatMap(({ hash, rest }) => [...words(hash), ...rest]),
    ],
  );
});

test("what is not stated has its default", () => {
  const policy = (manifest: Partial<Manifest>): number[] =>
    Array.from(encodeDescription({ needs: [], settings: [], limits, ...manifest }, [], 0)).slice(
      14,
    );
  const health = { seconds: 1, events: 2, confirm: false };
  const restart = { delayMs: 10, attempts: 0 };
  assert.deepEqual(policy({}), [0, 0]);
  assert.deepEqual(policy({ health }), [0, 1, 0xe8, 3, 5, 0, 1, 0, 2, 0]);
  assert.deepEqual(policy({ restart }), [0, 1, 10, 0, 0, 0, 10, 0, 0, 0]);
});

test("a retained topic says so in its mode; what a need refers to stands behind the policy", () => {
  const need = { name: "out", kind: "publish", topic: "t", fields: [] } as const;
  const encode = (retain: boolean, more: Partial<Manifest> = {}): Uint8Array =>
    encodeDescription(
      { needs: [{ ...need, retain }], settings: [], limits, ...more },
      [{ kind: "topic", topic: "t" }],
      0,
    );
  assert.deepEqual([encode(false)[17], encode(true)[17]], [0, 1]);
  const restart = { delayMs: 10, attempts: 0 };
  assert.deepEqual([encode(true)[16 + 16], encode(true, { restart })[16 + 16]], [36, 44]);
});
