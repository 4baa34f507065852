import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { contractImports } from "../../builder/contract/capabilities.js";
import * as host from "../../runtime/emulator/sim/contract.js";
import { packagePath } from "../helpers/root.js";

/** One version of the contract a folder of test/compat. */
const versions = readdirSync(packagePath("test", "compat"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function lines(version: string, file: string): string[] {
  return readFileSync(packagePath("test", "compat", version, file), "utf8")
    .trimEnd()
    .split("\n");
}

const now = contractImports.map(
  ({ interface: item, name, params, result }) =>
    `${item}.${name} (${params.join(", ")}) ${result ?? "nothing"}`,
);

const enums: Readonly<Record<string, unknown>> = host;

for (const version of versions) {
  test(`each function of contract ${version} has the number and the signature it had`, () => {
    const then = lines(version, "functions.txt");
    assert.deepEqual(now.slice(0, then.length), then);
  });

  test(`each case of an enum of contract ${version} has the position it had`, () => {
    for (const line of lines(version, "enums.txt")) {
      const [name, ...then] = line.split(" ");
      const cases = enums[name!] as readonly string[];
      assert.deepEqual(cases.slice(0, then.length), then, name);
    }
  });
}

test("there is a version to compare with", () => assert.ok(versions.includes("0.1.0")));
