import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { boot, type BootOptions } from "../../builder/cli/testing.js";
import { thimble, withExample } from "../cli/thimble.js";
import { blocks } from "../docs/markdown.js";
import { packagePath, root } from "../helpers/root.js";

function scenariosOf(...path: string[]): string[] {
  return blocks(readFileSync(packagePath(...path), "utf8"))
    .map(({ text }) => text)
    .filter((text) => text.startsWith("scenario "));
}

test("the scenarios that documents show hold for the thermostat", async (t) => {
  const shown = [
    ...scenariosOf("README.md"),
    ...scenariosOf("builder", "cli", "scenario", "README.md"),
  ];
  assert.equal(shown.length, 2);
  const folder = withExample(t, "thermostat");
  for (const [index, text] of shown.entries())
    writeFileSync(join(folder, "thermostat", "tests", `shown-${index}.scenario`), text);
  const { code, out } = await thimble(folder, "test", "thermostat", "--filter", "shown");
  assert.equal(code, 0, out);
});

test("the tests in TypeScript that documents show hold", async () => {
  const shown = [["README.md"], ["builder", "cli", "scenario", "README.md"]]
    .flatMap((path) => blocks(readFileSync(packagePath(...path), "utf8")))
    .filter(({ text }) => text.includes("await boot("));
  assert.equal(shown.length, 2);
  const here = (app: string, options: BootOptions) => boot(app, { ...options, folder: root });
  for (const { text } of shown) {
    const statements = text.replace(/^import .*$/m, "");
    await (new Function("boot", `return (async () => {${statements}})();`)(here) as Promise<void>);
  }
});
