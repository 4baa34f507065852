import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Button } from "./button.js";

function button(bounceUs: number, seed = 1, name = "button") {
  return new Button(name, { chip: "button", pin: 14, connects: "ground", bounceUs }, seed);
}

const press = { fromUs: 1_000_000, untilUs: 1_200_000 };

test("without bounce a press is two changes", () => {
  assert.deepEqual(button(0).changes([press]), [
    { timeUs: 1_000_000, closed: true },
    { timeUs: 1_200_000, closed: false },
  ]);
});

test("the contact alternates in order of time, bounces within its time, and rests as it should", () => {
  const bounce = fc.integer({ min: 0, max: 5000 });
  const holds = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 20_000 })),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(bounce, fc.integer(), holds, (bounceUs, seed, times) => {
      let fromUs = 0;
      const presses = times.map(([gapUs, holdUs]) => {
        const one = { fromUs: fromUs + gapUs, untilUs: fromUs + gapUs + holdUs };
        fromUs = one.untilUs;
        return one;
      });
      const changes = button(bounceUs, seed).changes(presses);
      changes.forEach((change, i) => {
        assert.equal(change.closed, i % 2 === 0);
        if (i > 0) assert.ok(change.timeUs > (changes[i - 1]?.timeUs as number));
        const since = [...presses]
          .flatMap((p) => [p.fromUs, p.untilUs])
          .filter((us) => us <= change.timeUs);
        assert.ok(change.timeUs - Math.max(...since) <= bounceUs);
      });
      assert.equal(changes.length % 2, 0);
    }),
  );
});

test("one to three bounces, differing from press to press, the same for the same seed and name", () => {
  const presses = Array.from({ length: 50 }, (_, i) => ({
    fromUs: i * 1e6,
    untilUs: i * 1e6 + 1e5,
  }));
  const counts = new Set(
    presses.map(
      (one) =>
        button(2000)
          .changes([one])
          .filter(({ timeUs }) => timeUs < one.untilUs).length,
    ),
  );
  assert.deepEqual([...counts].toSorted(), [3, 5, 7]);
  assert.deepEqual(button(2000).changes(presses), button(2000).changes(presses));
  assert.notDeepEqual(button(2000).changes(presses), button(2000, 2).changes(presses));
  assert.notDeepEqual(button(2000).changes(presses), button(2000, 1, "other").changes(presses));
});

test("a person sees whether it is pressed", () => {
  const one = button(0);
  assert.equal(one.state().line, "released");
  one.setClosed(true);
  assert.deepEqual(one.state(), { line: "pressed", value: 1, unit: "" });
});
