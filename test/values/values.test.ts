import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { packagePath } from "../helpers/root.js";

const compiler = ["cc", "gcc", "clang"].find((name) => !spawnSync(name, ["--version"]).error);
const includes = ["runtime/core", "runtime/ports", "runtime/ports/cortex-m"];
const sources = ["test/values/power-cuts.c", "runtime/ports/cortex-m/crc32.c"];

describe("values.c", { skip: compiler === undefined && "no C compiler here" }, () => {
  it("keeps what was stored when power fails, at each operation of the flash", () => {
    const folder = mkdtempSync(join(tmpdir(), "thimble-values-"));
    try {
      const program = join(folder, "power-cuts");
      const args = ["-std=gnu11", "-O2", ...includes.map((path) => `-I${packagePath(path)}`)];
      const built = spawnSync(
        compiler as string,
        [...args, ...sources.map((path) => packagePath(path)), "-o", program],
        {
          encoding: "utf8",
        },
      );
      assert.equal(built.status, 0, built.stderr);
      const { status, stdout, stderr } = spawnSync(program, {
        encoding: "utf8",
        maxBuffer: 2 ** 26,
      });
      // The last line says what was running: its three numbers as arguments run that alone.
      assert.equal(status, 0, `${stdout} power-cuts ${stderr.trim().split("\n").at(-1)}`);
      const [cuts, ...erasures] = [...stdout.matchAll(/\d+/g)].map(Number);
      assert.ok((cuts as number) > 1_500, stdout);
      assert.ok(
        erasures.every((count) => count > 500),
        stdout,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
