import { readFileSync } from "node:fs";
import { lower } from "../../../builder/contract/lower.js";
import type {
  ContractFunction,
  FlatParameter,
  ParameterType,
} from "../../../builder/contract/model.js";
import { readWit } from "../../../builder/contract/wit.js";
import { witPath } from "../../../builder/contract/generate.js";
import { packagePath } from "../../helpers/root.js";
import { ends, lives, raw, type Attack, type HostileCase, type Place } from "../case.js";
import { callNumber, memory, type Code } from "../code.js";
import { wiredNeeds } from "./needs.js";

/** Every call of the contract with every argument bad, one at a time. */

const { wit } = readWit(readFileSync(packagePath(witPath), "utf8"), witPath);
const { contract } = lower(wit!, witPath);
const functions: readonly ContractFunction[] = contract!.interfaces.flatMap(
  (item) => item.functions,
);

const memoryBytes = 256;

/** A device has room for a few of these only. */
const structured: Attack["needs"][number] = {
  need: { name: "more", kind: "publish", topic: "more", fields: [{ name: "x", decimals: 0 }] },
  connection: { kind: "topic", topic: "more" },
};

interface Words {
  /** What r0-r3 hold. */
  readonly words: readonly number[];
  readonly needs: Attack["needs"];
}

/** Arguments that the call accepts. */
function good({ name, flat, words }: ContractFunction): Words {
  const values = Array.from({ length: words }, () => 0);
  let used: Attack["needs"] = [];
  for (const { role, word } of flat) {
    if (role.kind !== "value" || role.type.kind !== "handle") continue;
    values[word] = 1;
    used = [name === "put-number" ? structured : wiredNeeds[role.type.needKinds[0]!]];
  }
  return { words: values, needs: used };
}

/** The word that holds the length of a list or the capacity of a result, and how to put a number in. */
function lengthOf(
  item: ContractFunction,
  pointer: FlatParameter,
): { readonly word: number; readonly put: (length: number) => number } {
  const packed = item.flat.find(({ role }) => role.kind === "lengths");
  if (packed === undefined) return { word: pointer.word + 1, put: (length) => length };
  const shift = pointer.role.kind === "out" ? 16 : 0;
  return { word: packed.word, put: (length) => length << shift };
}

/** Bad pointers, as offsets in linear memory, with the elements they are to point at. `bytes` of an element are 1 or 2. */
const badPointers: Readonly<
  Record<
    string,
    {
      readonly offset: number | ((place: Place) => number);
      readonly bytes: number;
      readonly textOnly?: true;
    }
  >
> = {
  beyond: { offset: memoryBytes + 4, bytes: 0 },
  across: { offset: memoryBytes - 4, bytes: 8 },
  wrap: { offset: 0xffff_fffc, bytes: 8 },
  kernel: { offset: ({ kernelData }) => kernelData, bytes: 8 },
  odd: { offset: 1, bytes: 2, textOnly: true },
};

function withPointer(item: ContractFunction, pointer: FlatParameter): HostileCase[] {
  const element = pointer.role.kind === "list" ? pointer.role.type.elementBytes : 1;
  const length = lengthOf(item, pointer);
  return Object.entries(badPointers)
    .filter(([, { textOnly }]) => !textOnly || element === 2)
    .map(([name, { offset, bytes }]) => {
      const what = `${item.interface}.${item.name}`;
      const { words, needs: used } = good(item);
      const values = [...words];
      values[length.word] = length.put(bytes / element);
      return raw(
        caseName(item, pointer.role.kind === "out" ? `out-${name}` : name),
        `calls ${what} with the pointer ${pointer.name} bad: ${name}`,
        ends("bad-pointer"),
        (code, place) => {
          values.forEach((value, register) => code.number(register, value));
          if (typeof offset === "number") code.number(pointer.word, offset);
          else relativeToMemory(code, pointer.word, offset(place));
          code.attack().svc(callNumber(what));
        },
        { needs: used, memoryBytes },
      );
    });
}

/** An address of the whole space as an offset in linear memory, modulo 2^32. r4 is lost. */
function relativeToMemory(code: Code, register: number, address: number): void {
  code.literal(register, address).emit("mov", 4, memory).emit("subs", register, register, 4);
}

/** A list that is longer than the contract allows. */
function tooLong(
  item: ContractFunction,
  list: FlatParameter,
  type: Extract<ParameterType, { kind: "list" }>,
): HostileCase {
  const what = `${item.interface}.${item.name}`;
  const { words, needs: used } = good(item);
  const length = lengthOf(item, list);
  const values = [...words];
  values[length.word] = length.put(type.max + 1);
  const fallible =
    item.result.kind === "fallible" || (item.result.kind === "bytes" && item.result.isFallible);
  return raw(
    caseName(item, "too-long"),
    `calls ${what} with a longer list than it takes`,
    fallible ? lives(tooLarge) : ends("bad-argument"),
    (code) => {
      values.forEach((value, register) => code.number(register, value));
      code.attack().svc(callNumber(what)).emit("mov", 1, 0).publish();
    },
    { needs: used, memoryBytes },
  );
}

const errorCodes = contract!.enums.find(({ name }) => name === "error-code")!.cases;
const tooLarge = -1 - errorCodes.findIndex(({ name }) => name === "too-large");

/** Handles of nothing and of something else. */
function withHandle(item: ContractFunction, handle: FlatParameter): HostileCase[] {
  const what = `${item.interface}.${item.name}`;
  const { words, needs: used } = good(item);
  const isPublish = used[0]!.need.kind === "publish";
  // Need 0 is a topic to publish to: another kind for all calls but those that publish.
  const other = isPublish ? [...used, wiredNeeds["gpio-out"]] : used;
  return Object.entries({ none: 32, kind: isPublish ? 2 : 0, huge: 0xffff_ffff }).map(
    ([name, value]) =>
      raw(
        caseName(item, `handle-${name}`),
        `calls ${what} with a handle of ${name === "kind" ? "another kind" : "nothing"}`,
        ends("bad-handle"),
        (code) => {
          const values = [...words];
          values[handle.word] = value;
          values.forEach((word, register) => code.number(register, word));
          code.attack().svc(callNumber(what));
        },
        { needs: other },
      ),
  );
}

/** A value beyond its type, or a range that the contract states in words. */
const rangesInWords: Readonly<Record<string, readonly (number | undefined)[]>> = {
  "gpio.watch": [undefined, undefined, 1001],
  "pwm.set-frequency": [undefined, 7],
  "timer.every": [0],
  "timer.after": [86_400_001],
  "message.publish-number": [undefined, undefined, 10],
  "message.put-number": [undefined, 1],
  "message.read-number": [undefined, 10],
  "settings.get": [0],
  "log.number": [undefined, undefined, undefined, 10],
  "store.get-number": [256],
  "store.set-number": [256],
  "store.read": [256],
  "store.write": [256],
  "store.remove": [256],
};

function withValues(item: ContractFunction): HostileCase[] {
  const what = `${item.interface}.${item.name}`;
  const { words, needs: used } = good(item);
  const beyondType = item.flat.map(({ role }) =>
    role.kind === "value" ? firstBeyond(role.type) : undefined,
  );
  return [beyondType, rangesInWords[what] ?? []].flatMap((values, list) =>
    values.flatMap((value, position) => {
      if (value === undefined) return [];
      const { name, word } = item.flat[position]!;
      return raw(
        caseName(item, `${list === 0 ? "type" : "range"}-${position}`),
        `calls ${what} with ${name} ${value}`,
        ends("bad-argument"),
        (code) => {
          words.forEach((each, register) =>
            code.number(register, register === word ? value : each),
          );
          code.attack().svc(callNumber(what));
        },
        { needs: used, memoryBytes },
      );
    }),
  );
}

/** The first value that an argument of this type cannot have; undefined where all 32 bits are valid. */
function firstBeyond(type: ParameterType): number | undefined {
  if (type.kind === "enum")
    return contract!.enums.find(({ name }) => name === type.name)!.cases.length;
  if (type.kind !== "scalar") return undefined;
  return type.name === "u8" ? 256 : type.name === "u16" ? 65_536 : undefined;
}

/** An app has 32 characters at most, and its name once. */
function caseName(item: ContractFunction, what: string): string {
  return `c${item.number}-${item.interface}-${what}`;
}

export const contractCases: readonly HostileCase[] = functions.flatMap((item) =>
  item.flat
    .flatMap((parameter) => {
      const { role } = parameter;
      if (role.kind === "out") return withPointer(item, parameter);
      if (role.kind === "list")
        return [...withPointer(item, parameter), tooLong(item, parameter, role.type)];
      if (role.kind === "value" && role.type.kind === "handle") return withHandle(item, parameter);
      return [];
    })
    .concat(withValues(item)),
);
