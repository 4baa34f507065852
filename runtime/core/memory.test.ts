import assert from "node:assert/strict";
import { test } from "node:test";
import { Assembler, call, code, drop, i32 } from "../../test/helpers/assemble.js";
import {
  adc,
  Bench,
  i2c,
  input,
  output,
  publisher,
  pwm,
  spi,
  subscriber,
  uart,
  type WiredNeed,
} from "../../test/helpers/bench.js";
import { contractFunctions, type ContractFunction } from "../emulator/sim/contract.js";

const memoryBytes = 512;
/** One need of each kind; the kind of need a function takes, by its interface or name. */
const needs: readonly WiredNeed[] = [
  input(1),
  output(2),
  pwm(3),
  adc(0),
  i2c(0x40),
  spi(17),
  uart(0),
  publisher("out"),
  subscriber("in"),
];
const handles: { readonly [name: string]: number } = {
  "gpio.read": 0,
  "gpio.watch": 0,
  "gpio.unwatch": 0,
  "gpio.write": 1,
  "gpio.toggle": 1,
  pwm: 2,
  adc: 3,
  i2c: 4,
  spi: 5,
  uart: 6,
  "message.publish": 7,
  "message.publish-text": 7,
  "message.publish-number": 7,
  "message.put-number": 7,
  "message.send": 7,
  "message.subscribe": 8,
  "message.read": 8,
  "message.read-number": 8,
};

const title = (item: ContractFunction): string => `${item.interface}.${item.name}`;
const handleOf = (item: ContractFunction): number | undefined =>
  handles[title(item)] ?? handles[item.interface];

/** Where pointers are among the arguments; `length` packs two lengths. */
interface Pointers {
  readonly at: readonly number[];
  readonly lengthAt: number;
  readonly packed: boolean;
  readonly unitBytes: number;
}

const pointers: { readonly [name: string]: Pointers } = {
  "i2c.read": { at: [1], lengthAt: 2, packed: false, unitBytes: 1 },
  "i2c.write": { at: [1], lengthAt: 2, packed: false, unitBytes: 1 },
  "i2c.write-read": { at: [1, 2], lengthAt: 3, packed: true, unitBytes: 1 },
  "i2c.read-registers": { at: [2], lengthAt: 3, packed: false, unitBytes: 1 },
  "spi.write": { at: [1], lengthAt: 2, packed: false, unitBytes: 1 },
  "spi.write-read": { at: [1, 2], lengthAt: 3, packed: true, unitBytes: 1 },
  "spi.transfer": { at: [1, 2], lengthAt: 3, packed: true, unitBytes: 1 },
  "uart.write": { at: [1], lengthAt: 2, packed: false, unitBytes: 1 },
  "uart.read": { at: [1], lengthAt: 2, packed: false, unitBytes: 1 },
  "message.publish": { at: [1], lengthAt: 2, packed: false, unitBytes: 1 },
  "message.publish-text": { at: [1], lengthAt: 2, packed: false, unitBytes: 2 },
  "message.read": { at: [1], lengthAt: 2, packed: false, unitBytes: 1 },
  "log.write": { at: [1], lengthAt: 2, packed: false, unitBytes: 2 },
  "log.number": { at: [0], lengthAt: 1, packed: false, unitBytes: 2 },
  "store.read": { at: [1], lengthAt: 2, packed: false, unitBytes: 1 },
  "store.write": { at: [1], lengthAt: 2, packed: false, unitBytes: 1 },
  "device.id": { at: [0], lengthAt: 1, packed: false, unitBytes: 1 },
};

/** Calls the function once at the start; how the container ended. */
async function trapOf(
  item: ContractFunction,
  args: readonly number[],
  bytes = memoryBytes,
): Promise<string | undefined> {
  const result = item.result === null ? [] : drop;
  const app = new Assembler().start(
    code(call(title(item), ...args.map((arg) => i32(arg))), result),
  );
  const bench = await Bench.create();
  await bench.add(app.build(), { needs, memoryBytes: bytes, eventMs: 60_000 });
  return bench.trap();
}

/** Arguments that are accepted: the right handle and 1 wherever a value is wanted. */
function validArguments(item: ContractFunction): number[] {
  const args = item.params.map(() => 1);
  const handle = handleOf(item);
  if (handle !== undefined) args[0] = handle;
  if (title(item) === "pwm.set-frequency") args[1] = 1000;
  const place = pointers[title(item)];
  for (const at of place?.at ?? []) args[at] = 16;
  if (place !== undefined) args[place.lengthAt] = place.packed ? 8 | (8 << 16) : 8;
  return args;
}

test("the table of pointers has every function with more arguments than values could explain", () => {
  const withPointer = Object.keys(pointers);
  for (const name of withPointer)
    assert.ok(
      contractFunctions.some((item) => title(item) === name),
      name,
    );
  // A function of the same shape as one above, in an interface that has lists, is in the table too.
  const lists = contractFunctions.filter((item) =>
    ["read", "write", "id", "transfer", "write-read"].includes(item.name),
  );
  const free = new Set(["gpio.read", "gpio.write", "adc.read"]);
  for (const item of lists)
    assert.ok(free.has(title(item)) || title(item) in pointers, title(item));
});

for (const item of contractFunctions) {
  // Fields, settings and the like do not exist in this container: those calls end with bad-argument.
  const missing = ["message.put-number", "settings.get", "state.bind"].includes(title(item));
  test(`${title(item)} takes valid arguments`, async () => {
    assert.equal(await trapOf(item, validArguments(item)), missing ? "bad-argument" : undefined);
  });

  const handle = handleOf(item);
  if (handle !== undefined) {
    test(`${title(item)} refuses every handle of another kind`, async () => {
      const args = validArguments(item);
      const accepted = title(item) === "gpio.read" ? [0, 1] : [handle];
      for (const wrong of [...needs.keys(), needs.length, 255, 2 ** 31, -1]) {
        if (accepted.includes(wrong)) continue;
        assert.equal(
          await trapOf(item, [wrong, ...args.slice(1)]),
          "bad-handle",
          `handle ${wrong}`,
        );
      }
    });
  }

  const place = pointers[title(item)];
  for (const at of place?.at ?? []) {
    test(`${title(item)} checks the pointer in argument ${at}`, async () => {
      const { lengthAt, packed, unitBytes } = place!;
      const attempt = (pointer: number, length: number): Promise<string | undefined> => {
        const args = validArguments(item);
        args[at] = pointer;
        args[lengthAt] = packed ? length | (length << 16) : length;
        return trapOf(item, args);
      };
      const fitting = memoryBytes - 8 * unitBytes;
      assert.equal(await attempt(fitting, 8), undefined, "the last bytes");
      assert.equal(await attempt(memoryBytes, 0), undefined, "nothing, at the end");
      assert.equal(await attempt(fitting + 2, 8), "bad-pointer", "over the end");
      assert.equal(await attempt(memoryBytes + 2, 0), "bad-pointer", "nothing, beyond the end");
      assert.equal(await attempt(65_536, 8), "bad-pointer", "beyond the memory's page");
      assert.equal(await attempt(-8, 8), "bad-pointer", "wrapping around to 0");
      assert.equal(await attempt(-2, 8), "bad-pointer", "wrapping around");
      assert.equal(await attempt(2 ** 31, 8), "bad-pointer", "2 GB");
      if (unitBytes === 2) assert.equal(await attempt(17, 8), "bad-pointer", "odd");
    });
  }
}

test("a container without memory has none to name", async () => {
  const app = new Assembler();
  app.pages = 0;
  app.start(call("log.write", i32(1), i32(0), i32(0)), call("log.write", i32(1), i32(0), i32(1)));
  const bench = await Bench.create();
  await bench.add(app.build(), { memoryBytes: 1024 });
  assert.deepEqual(bench.values("log.app"), [""]);
  assert.equal(bench.trap(), "bad-pointer");
});

test("the memory that a manifest promises ends where the module's ends", async () => {
  const item = contractFunctions.find((candidate) => title(candidate) === "device.id")!;
  assert.equal(await trapOf(item, [65_528, 8], 1_000_000), undefined);
  assert.equal(await trapOf(item, [65_530, 8], 1_000_000), "bad-pointer");
});
