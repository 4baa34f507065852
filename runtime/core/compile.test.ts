import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { packagePath, root } from "../../test/helpers/root.js";

const folders = ["runtime/core", "runtime/ports/sim"];
const units = folders.flatMap((folder) =>
  readdirSync(packagePath(folder))
    .filter((name) => name.endsWith(".c"))
    .map((name) => `${folder}/${name}`),
);
const hasGcc = spawnSync("gcc", ["--version"]).status === 0;

test(
  "the core is C11 without a warning of gcc",
  { skip: hasGcc ? false : "gcc is not installed" },
  () => {
    const warnings = [
      "-Wall",
      "-Wextra",
      "-Wconversion",
      "-Wshadow",
      "-Wstrict-prototypes",
      "-Werror",
    ];
    const includes = ["-Iruntime/core", "-Iruntime/ports", "-Iruntime/ports/sim"];
    const result = spawnSync(
      "gcc",
      ["-std=c11", "-pedantic", ...warnings, "-fsyntax-only", ...includes, ...units],
      { cwd: root, encoding: "utf8" },
    );
    assert.equal(result.stderr, "");
    assert.equal(result.status, 0);
  },
);
