import assert from "node:assert/strict";
import { test } from "node:test";
import { selftestLines, selftestTableLines } from "../../test/helpers/selftest.js";

test("the self-test tells its table again and again", () => {
  const lines = selftestLines(5);
  const table = lines.slice(0, selftestTableLines);
  assert.deepEqual(
    table.map((line) => line.replace(/: [1-9]\d* cycles$/, "")),
    [
      "instantiate, 256 B of memory",
      "instantiate, 1 KB",
      "instantiate, 2 KB",
      "instantiate, 4 KB",
      "instantiate, 8 KB",
      "host call gpio.write",
      "the stack changes its owner",
      "pin edge to the end of its handler",
    ],
  );
  assert.deepEqual(lines.slice(selftestTableLines, 2 * selftestTableLines), table);
  const cycles = table.map((line) => Number(/(\d+) cycles$/.exec(line)?.[1]));
  for (let i = 1; i < 5; i++) assert.ok(cycles[i]! > cycles[i - 1]!, "more memory takes longer");
  assert.ok(cycles[5]! >= 100 && cycles[5]! < 300, "a host call costs two exceptions at least");
  assert.ok(cycles[7]! < 50 * 125, "an edge is handled within 50 us");
});
