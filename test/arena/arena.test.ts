import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { packagePath } from "../helpers/root.js";

const compiler = ["gcc", "cc"].find((name) => !spawnSync(name, ["--version"]).error);
/** The kernel keeps addresses in 32 bits: the program has to lie that low. */
const isX86Linux = process.platform === "linux" && process.arch === "x64";
const skip =
  compiler === undefined || !isX86Linux ? "needs a C compiler for Linux on x86-64" : false;
const arena = { start: 0x2000_8100, bytes: 180_000 };
const includes = ["runtime/core", "runtime/ports", "runtime/ports/cortex-m"];
const sources = [
  "test/arena/swaps.c",
  "runtime/ports/cortex-m/arena.c",
  "runtime/ports/cortex-m/mpu-v7.c",
];

test("however often they are swapped, versions of the same size find room", { skip }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), "thimble-arena-"));
  try {
    const program = join(folder, "swaps");
    const symbols = `arena_start=${arena.start},--defsym,arena_end=${arena.start + arena.bytes}`;
    const args = [
      "-std=gnu11",
      "-O2",
      "-w",
      "-no-pie",
      `-Wl,--defsym,${symbols}`,
      ...includes.map((path) => `-I${packagePath(path)}`),
      ...sources.map((path) => packagePath(path)),
    ];
    const built = spawnSync(compiler as string, [...args, "-o", program], { encoding: "utf8" });
    assert.equal(built.status, 0, built.stderr);
    const { status, stdout } = spawnSync(program, { encoding: "utf8" });
    assert.equal(status, 0, stdout);
    t.diagnostic(stdout.trim());
    const [swaps, containers] = [...stdout.matchAll(/\d+/g)].map(Number);
    assert.ok(swaps! >= 10_000 && containers! >= 20, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
