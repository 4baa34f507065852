import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { packagePath } from "./root.js";

/** Where this variable of the environment is 1, golden files take on the new text. */
const updateVariable = "THIMBLE_UPDATE_GOLDEN";

/**
 * Holds a text against the golden file at `path`, relative to package.json. A difference fails and shows
 * the first line that differs; to accept the new text, run the test with THIMBLE_UPDATE_GOLDEN=1 and
 * review the change like any other.
 */
export function expectGolden(path: string, text: string): void {
  const file = packagePath(...path.split("/"));
  if (process.env[updateVariable] === "1") {
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
    return;
  }
  const golden = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (golden === text) return;
  const [expected, actual] = [golden.split("\n"), text.split("\n")];
  const index = actual.findIndex((line, number) => line !== expected[number]);
  const line = index < 0 ? actual.length : index;
  assert.fail(
    [
      `${path}:${line + 1} differs; run this test with ${updateVariable}=1 to accept the new text`,
      `  golden: ${expected[line] ?? "(the end)"}`,
      `  now:    ${actual[line] ?? "(the end)"}`,
    ].join("\n"),
  );
}

/** The same for a value that is kept as JSON; how the file is laid out is up to the formatter. */
export function expectGoldenJson(path: string, value: unknown): void {
  const file = packagePath(...path.split("/"));
  const golden = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as unknown) : undefined;
  const now = JSON.parse(JSON.stringify(value)) as unknown;
  if (process.env[updateVariable] !== "1") {
    assert.deepEqual(
      now,
      golden,
      `${path} differs; run this test with ${updateVariable}=1, then npm run format`,
    );
  } else if (!isDeepStrictEqual(now, golden))
    writeFileSync(file, JSON.stringify(now, null, 2) + "\n");
}
