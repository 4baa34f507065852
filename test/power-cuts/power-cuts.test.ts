import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { packagePath } from "../helpers/root.js";

const compiler = ["cc", "gcc", "clang"].find((name) => !spawnSync(name, ["--version"]).error);
const skip = compiler === undefined && "no C compiler here";
const includes = ["runtime/core", "runtime/ports", "runtime/ports/cortex-m", "test/power-cuts"];
const shared = "runtime/ports/cortex-m/crc32.c";

/** What a program of this folder has printed. Fails with what broke. */
function run(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "thimble-power-"));
  try {
    const program = join(folder, name);
    const args = ["-std=gnu11", "-O2", ...includes.map((path) => `-I${packagePath(path)}`)];
    const sources = [`test/power-cuts/${name}.c`, shared].map((path) => packagePath(path));
    const built = spawnSync(compiler as string, [...args, ...sources, "-o", program], {
      encoding: "utf8",
    });
    assert.equal(built.status, 0, built.stderr);
    const { status, stdout, stderr } = spawnSync(program, {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    // The last line says what was running: its three numbers as arguments run that alone.
    assert.equal(status, 0, `${stdout} ${name} ${stderr.trim().split("\n").at(-1)}`);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("power fails at each operation of the flash", { skip }, () => {
  it("and values.c keeps what was stored", () => {
    const [cuts, ...erasures] = [...run("store").matchAll(/\d+/g)].map(Number);
    assert.ok(cuts! > 1_500, `${cuts} cuts`);
    assert.ok(
      erasures.every((count) => count > 500),
      `${erasures} erasures`,
    );
  });

  it("and installed.c starts the version that was kept last", () => {
    const [cuts, ...erasures] = [...run("journal").matchAll(/\d+/g)].map(Number);
    assert.ok(cuts! > 500, `${cuts} cuts`);
    assert.ok(
      erasures.every((count) => count > 300),
      `${erasures} erasures`,
    );
  });
});
