import assert from "node:assert/strict";
import { test } from "node:test";
import { newsNotice, newsTexts } from "./news.js";
import type { News } from "./watch.js";

const swapped: News = {
  app: "counter",
  diagnostics: [],
  source: () => undefined,
  otherSurroundings: false,
  swap: {
    version: 2,
    state: {
      moved: [
        { from: "count", to: "count", type: "i32" },
        { from: "goal", to: "target", type: "i32" },
      ],
      added: ["fresh"],
      lost: [
        { name: "gone", type: "u8" },
        { name: "wide", type: "i32", becauseType: "i64" },
      ],
    },
    editMs: 371.6,
    buildMs: 290.2,
  },
};

const broken: News = {
  app: "counter",
  diagnostics: [1, 2, 3, 4].map((line) => ({
    severity: "error",
    code: "type",
    message: "Type 'i32' is not assignable",
    file: "counter/app.ts",
    line,
    column: 7,
  })),
  source: () => undefined,
  otherSurroundings: true,
};

test("a swap tells what has moved, what is new, what is lost and how long it took", () => {
  assert.deepEqual(newsTexts(swapped, true), [
    "moved count, target (was goal)",
    "new fresh",
    "lost gone, wide (i32, now i64)",
    "took 372 ms from the edit, 290 ms of them the build",
  ]);
  const { title, rows } = newsNotice(swapped, "version 2 on trial");
  assert.equal(title, "counter: version 2 on trial");
  assert.deepEqual(
    rows.map(({ name }) => name),
    ["moved", "new", "lost", "took"],
  );
});

test("an app without state says so, and one app is named in the line", () => {
  const state = { moved: [], added: [], lost: [] };
  const [text] = newsTexts({ ...swapped, swap: { ...swapped.swap!, state } }, false);
  assert.equal(text, "counter has no state to move");
});

test("what cannot be built leaves room for the rest of the view", () => {
  const { swap: _, ...idle } = swapped;
  assert.deepEqual(newsTexts(idle, true), ["the container is as it was; nothing is swapped"]);
  assert.deepEqual(newsTexts(broken, true), [
    "cannot be built as it is now; the version before goes on",
    "the surroundings in rig.json have changed: they come with the next run",
  ]);
  const { title, rows } = newsNotice(broken, "");
  assert.equal(title, "counter: cannot be built as it is now; the version before goes on");
  assert.deepEqual(
    rows.map(({ name, state }) => `${name} ${state}`),
    [
      "counter/app.ts:1:7 Type 'i32' is not assignable",
      "counter/app.ts:2:7 Type 'i32' is not assignable",
      "counter/app.ts:3:7 Type 'i32' is not assignable",
      "rig the surroundings in rig.json have changed: they come with the next run",
    ],
  );
});
