import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceEntry } from "./entry.js";
import { Orderer } from "./orderer.js";

test("entries leave in the order of their times, those of one time as they came", () => {
  const out: string[] = [];
  const orderer = new Orderer(({ timeUs, value }: TraceEntry) => out.push(`${timeUs} ${value}`));
  const add = (timeUs: number, value: string) => orderer.add({ timeUs, channel: "log.a", value });
  add(5, "e");
  add(3, "c");
  add(5, "f");
  add(1, "a");
  assert.equal(orderer.oldestUs, 1);
  orderer.release(3);
  assert.deepEqual(out, ["1 a", "3 c"]);
  assert.equal(orderer.oldestUs, 5);
  add(4, "d");
  orderer.release(5);
  assert.deepEqual(out, ["1 a", "3 c", "4 d", "5 e", "5 f"]);
  assert.equal(orderer.oldestUs, undefined);
  add(2, "late");
  orderer.release(9);
  assert.equal(out.at(-1), "5 late");
});
