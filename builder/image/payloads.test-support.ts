import fc from "fast-check";
import type { Need } from "../../runtime/manifest/manifest.js";
import type { Payload } from "./payload.js";

/** Records as literals make them. */
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
const identifier = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,31}$/);
const topic = fc.stringMatching(/^[!"$-*,-~]{1,64}$/);
const decimals = fc.nat(9);
const facts = fc.oneof(
  fc.record({ kind: fc.constantFrom("gpio-in", "gpio-out", "pwm", "adc") }),
  fc.record({ kind: fc.constant("i2c"), address: fc.integer({ min: 8, max: 0x77 }) }),
  fc.record({
    kind: fc.constant("spi"),
    mode: fc.nat(3),
    hertz: fc.integer({ min: 1, max: 62_500_000 }),
  }),
  fc.record({ kind: fc.constant("uart"), baud: fc.integer({ min: 1, max: 921_600 }) }),
  fc.record(
    {
      kind: fc.constant("publish"),
      topic,
      fields: fc.uniqueArray(plain({ name: identifier, decimals }), {
        maxLength: 8,
        selector: ({ name }) => name,
      }),
      retain: fc.constant(true),
    },
    { requiredKeys: ["kind", "topic", "fields"] },
  ),
  fc.record({ kind: fc.constant("subscribe"), topic }),
);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const range = fc
  .tuple(int32, int32, int32)
  .map((values) => values.toSorted((a, b) => a - b) as [number, number, number])
  .map(([min, initial, max]) => ({ default: initial, min, max }));
const setting = fc.oneof(
  fc
    .tuple(range, decimals)
    .map(([own, digits]) => ({ type: "decimal" as const, decimals: digits, ...own })),
  range.map((own) => ({ type: "integer" as const, decimals: 0, ...own })),
  fc
    .nat(1)
    .map((initial) => ({ type: "bool" as const, decimals: 0, default: initial, min: 0, max: 1 })),
);
const named = <T extends object>(item: fc.Arbitrary<T>): fc.Arbitrary<(T & { name: string })[]> =>
  fc
    .uniqueArray(fc.tuple(identifier, item), { maxLength: 6, selector: ([name]) => name })
    .map((items) => items.map(([name, own]) => ({ name, ...own })));

/** Fields one behind the other, the larger ones first, some with an older name. */
const stateOf = (
  sizes: readonly number[],
  hashes: readonly number[],
): NonNullable<Payload["policy"]>["state"] => {
  let end = 0;
  const fields = sizes
    .toSorted((a, b) => b - a)
    .map((bytes) => ({ offset: (end += bytes) - bytes, bytes }));
  return hashes
    .slice(0, fields.length + fields.length / 2)
    .map((hash, index) => ({
      hash,
      ...fields[index % fields.length]!,
      older: index >= fields.length,
    }))
    .toSorted((a, b) => a.hash - b.hash);
};

const word = fc.nat(2 ** 32 - 1);
const half = fc.nat(65_535);
const policy = plain({
  restart: plain({ delayMs: fc.integer({ min: 10, max: 60_000 }), attempts: fc.nat(15) }),
  health: plain({
    seconds: fc.integer({ min: 1, max: 65_535 }),
    events: half,
    confirm: fc.boolean(),
  }),
  state: fc
    .tuple(
      fc.array(fc.constantFrom(1, 2, 4, 8), { maxLength: 8 }),
      fc.uniqueArray(word, { minLength: 12, maxLength: 12 }),
    )
    .map(([sizes, hashes]) => stateOf(sizes, hashes)),
});

/** Any payload that can be written. */
export const payloads: fc.Arbitrary<Payload> = fc
  .record({ codeWords: fc.integer({ min: 1, max: 60 }), memory: fc.nat(12) })
  .chain(({ codeWords, memory }) => {
    const place = fc.nat(2 * codeWords - 1).map((half) => 2 * half);
    const memoryBytes = memory <= 8 ? 32 * memory : 64 * (memory - 4);
    const segment = fc
      .record({ address: fc.nat(memoryBytes), bytes: fc.uint8Array({ maxLength: 40 }) })
      .filter(({ address, bytes }) => address + bytes.length <= memoryBytes);
    const sorted = (most: number): fc.Arbitrary<number[]> =>
      fc.uniqueArray(fc.nat(most)).map((numbers) => numbers.toSorted((a, b) => a - b));
    return fc.record(
      {
        bounds: fc.constantFrom("mpu", "checked"),
        name: fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/),
        contract: fc.tuple(fc.nat(9999), fc.nat(9999), fc.nat(9999)).map((all) => all.join(".")),
        needs: named(facts) as unknown as fc.Arbitrary<Need[]>,
        settings: named(setting),
        limits: plain({
          memoryBytes: fc.constant(memoryBytes),
          stackBytes: fc.option(fc.nat(65_534).map((words) => 4 * words)),
          eventMs: fc.integer({ min: 1, max: 10_000 }),
        }),
        policy,
        code: fc.uint8Array({ minLength: 4 * codeWords, maxLength: 4 * codeWords }),
        entries: fc
          .tuple(place, fc.array(fc.oneof(place, fc.constant(-1))))
          .map(([first, rest]) => [first, ...rest]),
        start: place,
        collect: place,
        data: fc.array(segment, { maxLength: 5 }),
        globals: fc.array(int32),
        helpers: sorted(255),
        hostCalls: sorted(238),
        mapSha256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      },
      {
        noNullPrototype: true,
        requiredKeys: [
          "bounds",
          "name",
          "contract",
          "needs",
          "settings",
          "limits",
          "code",
          "entries",
          "data",
          "globals",
          "helpers",
          "hostCalls",
          "mapSha256",
        ],
      },
    );
  });
