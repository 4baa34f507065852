import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { coreBytes, i2c, input, output, publisher, subscriber } from "../../test/helpers/bench.js";
import { compileCore, instantiateCore, noPredecessor, type Core } from "../emulator/sim/core.js";
import { encodeDescription } from "../manifest/description.js";

const needs = [
  input(1),
  output(2),
  i2c(0x76),
  publisher("a/b", [
    { name: "x", decimals: 3 },
    { name: "yy", decimals: 0 },
  ]),
  subscriber("c"),
];
const valid = encodeDescription(
  {
    needs: needs.map(([need]) => need),
    settings: [{ name: "s", type: "integer", decimals: 0, default: 5, min: -1, max: 9 }],
    limits: { memoryBytes: 256, stackBytes: 0, eventMs: 20 },
  },
  needs.map(([, connection]) => connection),
  256,
);

const imports = [
  "now_us",
  "wall_ms",
  "configure_input",
  "configure_output",
  "pin_read",
  "pin_write",
  "pwm_set",
  "adc_read",
  "i2c_transfer",
  "spi_transfer",
  "uart_write",
  "uart_read",
  "uart_waiting",
  "message_send",
  "log",
  "store_read",
  "store_write",
  "store_remove",
  "random_seed",
  "device_id",
  "container_entries",
  "container_instantiate",
  "container_call",
  "container_ended",
  "container_released",
  "swapped",
  "memory_read",
  "memory_write",
];

async function bareCore(): Promise<Core> {
  const port = Object.fromEntries(imports.map((name) => [name, () => 0]));
  return instantiateCore(await compileCore(coreBytes), port);
}

function load(core: Core, description: Uint8Array, claimed = description.length): number {
  core.bytes.set(description, core.exports.description_at(0));
  const status = core.exports.load(0, claimed, noPredecessor);
  core.exports.stop(0);
  return status;
}

const wrongType = -10;
const tooLarge = -8;

test("the bytes of a description", () => {
  const hex = [...valid].map((byte) => byte.toString(16).padStart(2, "0"));
  const lines = [0, 16, 36, 56, 76, 96, 116, 128, 136].map((at, i, all) =>
    hex.slice(at, all[i + 1]).join(" "),
  );
  assert.deepEqual(lines, [
    "01 00 8f 00 00 01 00 00 14 00 00 00 05 01 00 00",
    "00 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00",
    "01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00",
    "04 00 00 00 00 76 00 00 04 05 00 00 a0 86 01 00 00 00 00 00",
    "07 00 00 00 00 00 03 02 00 00 00 00 00 00 00 00 88 00 80 00",
    "08 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 8e 00 00 00",
    "05 00 00 00 ff ff ff ff 09 00 00 00",
    "8b 00 01 03 8c 00 02 00",
    "61 2f 62 78 79 79 63",
  ]);
});

test("a valid description is loaded, any other length is not", async () => {
  const core = await bareCore();
  assert.equal(load(core, valid), 0);
  for (let length = 0; length < valid.length; length++)
    assert.equal(load(core, valid, length), wrongType, `length ${length}`);
  assert.equal(load(core, valid, valid.length + 1), wrongType);
  assert.equal(load(core, valid, 16_385), tooLarge);
  assert.equal(load(core, valid, -1), tooLarge);
});

for (const [name, at, byte, status] of [
  ["another format", 0, 2, wrongType],
  ["no time for events", 8, 0, wrongType],
  ["an hour for events", 10, 0x37, tooLarge],
  ["33 needs", 12, 33, tooLarge],
  ["more needs than bytes", 12, 9, wrongType],
  ["33 settings", 13, 33, tooLarge],
  ["reserved bytes that are not 0", 14, 1, wrongType],
  ["a kind that does not exist", 16, 9, wrongType],
  ["active low beyond 1", 18, 2, wrongType],
  ["a pull that does not exist", 19, 3, wrongType],
  ["nine fields", 76 + 7, 9, tooLarge],
  ["a topic beyond the end", 76 + 16, 0xf0, wrongType],
  ["a topic of no length", 76 + 6, 0, wrongType],
  ["a topic of 65 bytes", 76 + 6, 65, wrongType],
  ["fields that are not aligned", 76 + 18, 0x81, wrongType],
  ["fields beyond the end", 76 + 18, 0xf0, wrongType],
  ["a field name beyond the end", 128, 0xf0, wrongType],
  ["a field without a name", 130, 0, wrongType],
  ["ten decimals", 131, 10, wrongType],
  ["a wildcard in a topic", 136, 0x2b, wrongType],
  ["a default below the minimum", 116 + 3, 0x80, wrongType],
] as const) {
  test(`${name}: refused`, async () => {
    const core = await bareCore();
    const bytes = Uint8Array.from(valid);
    bytes[at] = byte;
    assert.equal(load(core, bytes), status);
    assert.equal(load(core, valid), 0, "and the slot is still free");
  });
}

test("bytes of any kind are refused or loaded, without a trap of the core", async () => {
  const core = await bareCore();
  const change = fc.tuple(fc.nat(valid.length - 1), fc.nat(255));
  const property = fc.property(
    fc.array(change, { minLength: 1, maxLength: 6 }),
    fc.boolean(),
    (changes, keepHeader) => {
      const bytes = Uint8Array.from(valid);
      for (const [at, byte] of changes) if (!keepHeader || at >= 16) bytes[at] = byte;
      assert.ok([0, wrongType, tooLarge, -13].includes(load(core, bytes)));
    },
  );
  fc.assert(property, { numRuns: 3000 });
  assert.equal(load(core, valid), 0);
});
