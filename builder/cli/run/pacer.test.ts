import assert from "node:assert/strict";
import { test } from "node:test";
import { Pacer, Slicer, speeds } from "./pacer.js";

test("virtual time follows real time at the chosen speed", () => {
  const pacer = new Pacer(60, 1000);
  assert.equal(pacer.target(1100), 6_000_000);
  pacer.faster();
  assert.equal(pacer.speed, 120);
  assert.equal(pacer.target(1200), 18_000_000);
  pacer.slower();
  pacer.slower();
  assert.equal(pacer.speed, 30);
  assert.equal(pacer.target(1300), 21_000_000);
});

test("slow speeds lose no fraction of a microsecond", () => {
  const pacer = new Pacer(0.1, 0);
  for (let ms = 1; ms <= 1000; ms++) pacer.target(ms);
  assert.equal(Math.round(pacer.target(1000) / 10), 10_000);
});

test("a pause stops the virtual clock, and going on does not catch up", () => {
  const pacer = new Pacer(1, 0);
  assert.equal(pacer.target(100), 100_000);
  pacer.togglePause();
  assert.equal(pacer.target(200), 100_000);
  assert.equal(pacer.target(90_000), 100_000);
  pacer.togglePause();
  assert.equal(pacer.target(90_100), 200_000);
});

test("after a sleep of the machine the virtual clock does not race", () => {
  const pacer = new Pacer(10, 0);
  assert.equal(pacer.target(3_600_000), 2_500_000);
});

test("a simulation that is too slow gives the rest up", () => {
  const pacer = new Pacer(1000, 0);
  assert.equal(pacer.target(100), 100_000_000);
  pacer.reached(30_000_000);
  assert.equal(pacer.target(200), 130_000_000);
});

test("as fast as it goes has no target, and slows down from where it is", () => {
  const pacer = new Pacer(Infinity, 0);
  assert.equal(pacer.target(100), Infinity);
  pacer.reached(5_000_000);
  pacer.slower();
  assert.equal(pacer.speed, 86_400);
  assert.equal(pacer.target(100), 5_000_000);
});

test("the speeds end at both ends", () => {
  const pacer = new Pacer(7, 0);
  pacer.slower();
  assert.equal(pacer.speed, 5);
  for (let step = 0; step < 30; step++) pacer.slower();
  assert.equal(pacer.speed, speeds[0]);
  for (let step = 0; step < 30; step++) pacer.faster();
  assert.equal(pacer.speed, Infinity);
});

/** A simulation in which a virtual second costs `msPerSecond` of the real time it keeps itself. */
function simulation(msPerSecond: number) {
  return {
    ms: 0,
    nowUs: 0,
    steps: 0,
    advanceTo(timeUs: number) {
      this.ms += ((timeUs - this.nowUs) / 1e6) * msPerSecond;
      this.nowUs = timeUs;
      this.steps++;
    },
  };
}

test("slices grow in a fast simulation and stay within the budget in a slow one", () => {
  const fast = simulation(0.001);
  const fastSlicer = new Slicer(fast, () => fast.ms);
  fastSlicer.advance(86_400e6, 50, () => false);
  assert.ok(fast.nowUs >= 86_400e6 || fast.ms >= 50);
  assert.ok(fast.steps < 60, `${fast.steps} slices`);

  const slow = simulation(1000);
  const slowSlicer = new Slicer(slow, () => slow.ms);
  for (let frame = 1; frame <= 10; frame++) {
    const before = slow.ms;
    slowSlicer.advance(Infinity, 50, () => false);
    if (frame > 3) assert.ok(slow.ms - before < 75, `frame ${frame} took ${slow.ms - before} ms`);
  }
});

test("advancing ends exactly at its target and when it is told to stop", () => {
  const steady = simulation(0.001);
  const slicer = new Slicer(steady, () => steady.ms);
  slicer.advance(1_234_567, 50, () => false);
  assert.equal(steady.nowUs, 1_234_567);
  slicer.advance(Infinity, 50, () => steady.steps >= 9);
  assert.equal(steady.steps, 9);
});
