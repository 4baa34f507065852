import assert from "node:assert/strict";
import { test } from "node:test";
import { nativeImage } from "../../builder/image/image.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { containerOf } from "../helpers/container.js";
import { buildExample } from "../helpers/examples.js";
import { type QemuInput, qemuMachines, qemuMissing } from "../helpers/qemu.js";
import { runStore } from "./containers.js";

const skip = qemuMissing() ?? false;

const pin = (number: number, pull: "none" | "up" = "none"): Connection => ({
  kind: "gpio",
  pin: number,
  activeLow: pull === "up",
  pull,
});

/** Floats by helpers, objects and strings that are collected, a value that is stored, an input, a global. */
const app = `
import { every, log, logNumber, Edges, store } from "thimble";
import { button, led } from "thimble/needs";
class Reading { constructor(public value: f64, public next: Reading | null) {} }
let last: Reading | null = null;
let presses = 0;
every(20, () => {
  const before = last;
  const reading = new Reading(before === null ? 2.0 : Math.sqrt(before.value) * 3.0, before);
  if (before !== null) before.next = null;
  last = reading;
  log("v=" + i32(reading.value * 1000.0).toString());
});
button.watch(Edges.Rising, 5, () => {
  presses++;
  led.toggle();
  store.setNumber(1, presses * 10);
  logNumber("stored", store.getNumber(1, -1));
});
`;

/** What the handler of the timer computes. */
function values(count: number): string[] {
  let value = 2;
  return Array.from({ length: count }, () => {
    const text = `v=${Math.trunc(value * 1000)}`;
    value = Math.sqrt(value) * 3;
    return text;
  });
}

/** Presses of 8 ms with a bounce before each. */
function presses(...timesUs: readonly number[]): QemuInput[] {
  return timesUs.flatMap((timeUs) => [
    { timeUs, pin: 4, high: false },
    { timeUs: timeUs + 900, pin: 4, high: true },
    { timeUs: timeUs + 1200, pin: 4, high: false },
    { timeUs: timeUs + 9200, pin: 4, high: true },
  ]);
}

for (const machine of qemuMachines) {
  test(`${machine}: compiled apps live beside each other`, { skip }, async () => {
    const needs = { led: { gpio: "out" }, button: { gpio: "in" } };
    const rich = await containerOf(app, { needs });
    const blink = (await buildExample("blink")).container;
    const images = [
      await nativeImage(rich.manifest, rich.wasm, [pin(5), pin(4, "up")]),
      await nativeImage(blink.manifest, blink.wasm, [pin(25)]),
    ];
    const inputs = presses(101_000, 333_000);
    const { exit, trace, messages } = runStore(machine, images, { forMs: 2100, inputs });
    assert.equal(exit, 0);
    assert.deepEqual(
      messages.filter(({ kind }) => kind === "ended"),
      [],
    );
    const lines = messages.flatMap((message) => (message.kind === "log" ? [message.text] : []));
    assert.deepEqual(
      lines.filter((line) => line.startsWith("v=")),
      values(lines.length - 2),
    );
    assert.equal(lines.length, 2 + Math.floor(2099 / 20));
    assert.deepEqual(
      lines.filter((line) => line.startsWith("stored")),
      ["stored 10", "stored 20"],
    );
    const levels = (wanted: number): number[][] =>
      trace
        .filter((entry) => entry.pin === wanted)
        .map(({ timeUs, value }) => [Math.floor(timeUs / 1000), value]);
    assert.deepEqual(levels(5), [
      [107, 1],
      [339, 0],
    ]);
    assert.deepEqual(levels(25), [
      [500, 1],
      [1000, 0],
      [1500, 1],
      [2000, 0],
    ]);
  });
}
