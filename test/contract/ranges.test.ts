import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { lower } from "../../builder/contract/lower.js";
import type { ContractFunction, FlatParameter, ValueRange } from "../../builder/contract/model.js";
import { readWit } from "../../builder/contract/wit.js";
import { Assembler, call, code, drop, i32 } from "../helpers/assemble.js";
import { Bench, input, output, publisher, pwm, subscriber } from "../helpers/bench.js";
import { packagePath } from "../helpers/root.js";

const text = readFileSync(packagePath("sdk/wit/thimble.wit"), "utf8");
const { contract } = lower(readWit(text, "thimble.wit").wit!, "thimble.wit");
const functions = contract!.interfaces.flatMap((item) => item.functions);

const needs = [input(1), output(2), pwm(3), publisher("out"), subscriber("in")];
const needKinds = ["gpio-in", "gpio-out", "pwm", "publish", "subscribe"];

function rangeOf({ role }: FlatParameter): ValueRange | undefined {
  return role.kind === "value" && role.type.kind === "scalar" ? role.type.range : undefined;
}

/** A value that is accepted: of what has a range its first one, of a list nothing. */
function soundValue(flat: FlatParameter): number {
  const { role } = flat;
  if (role.kind !== "value") return 0;
  if (role.type.kind === "handle") return needKinds.indexOf(role.type.needKinds[0]!);
  return role.type.kind === "handler" ? 1 : (rangeOf(flat)?.first ?? 0);
}

/** How a container ends that calls the function once. */
async function trapOf(
  item: ContractFunction,
  args: readonly number[],
): Promise<string | undefined> {
  const values = args.map((value) => i32(value | 0));
  const once = call(`${item.interface}.${item.name}`, ...values);
  const app = new Assembler().start(code(once, item.flatResult === null ? [] : drop));
  const bench = await Bench.create();
  await bench.add(app.build(), { needs, memoryBytes: 256 });
  return bench.trap();
}

const ranged = functions.flatMap((item) =>
  item.flat.flatMap((flat) => {
    const range = rangeOf(flat);
    return range === undefined ? [] : [{ item, flat, range }];
  }),
);

test("the contract states ranges", () => assert.ok(ranged.length >= 10));

for (const { item, flat, range } of ranged) {
  const sound = item.flat.map(soundValue);
  const attempt = (value: number): Promise<string | undefined> =>
    trapOf(item, sound.with(flat.word, value));
  test(`${item.interface}.${item.name}: ${flat.name} is ${range.first} to ${range.last}`, async () => {
    assert.equal(await attempt(range.first), undefined);
    assert.equal(await attempt(range.last), undefined);
    for (const wrong of [range.first - 1, range.last + 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
      assert.equal(await attempt(wrong), "bad-argument", `${wrong}`);
    }
  });

  const pointer = item.flat.find(({ role }) => role.kind === "list" || role.kind === "out");
  if (pointer === undefined) continue;
  test(`${item.interface}.${item.name}: ${flat.name} is looked at before memory`, async () => {
    const astray = sound.with(pointer.word, -8);
    assert.equal(await trapOf(item, astray), "bad-pointer");
    assert.equal(await trapOf(item, astray.with(flat.word, range.last + 1)), "bad-argument");
  });
}
