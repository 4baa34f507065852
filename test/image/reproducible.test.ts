import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { filesBelow, newFolder, thimble, thimbleProcess, withExample } from "../cli/thimble.js";

const name = "thermostat";
const imageIn = (folder: string): Uint8Array =>
  readFileSync(join(folder, name, "dist", `${name}.oci.tar`));

test("an image is the same from another folder, another process, and lines that end in CR LF", async (t) => {
  const [here, there] = [withExample(t, name), withExample(t, name)];
  assert.equal((await thimble(here, "build", name)).code, 0);
  for (const file of filesBelow(join(there, name))) {
    const path = join(there, name, file);
    if (/\.(ts|json)$/.test(file))
      writeFileSync(path, readFileSync(path, "utf8").replaceAll("\n", "\r\n"));
  }
  const { code, err } = thimbleProcess(join(there, name), "build");
  assert.deepEqual({ code, err }, { code: 0, err: "" });
  assert.deepEqual(imageIn(there), imageIn(here));
});

const skip = spawnSync("tar", ["--version"]).stdout?.includes("GNU tar") ? false : "needs GNU tar";

test(
  "GNU tar reads it: plain files of nobody, from the first second of 1970",
  { skip },
  async (t) => {
    const folder = withExample(t, name);
    await thimble(folder, "build", name);
    const tar = (...args: readonly string[]): string => {
      const file = join(folder, name, "dist", `${name}.oci.tar`);
      const { status, stdout, stderr } = spawnSync("tar", [...args, "-f", file], {
        encoding: "utf8",
        env: { ...process.env, TZ: "UTC", LC_ALL: "C" },
      });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      return stdout;
    };
    const lines = tar("-t", "-v", "--numeric-owner").trimEnd().split("\n");
    assert.match(lines[0]!, / oci-layout$/);
    assert.equal(lines.length, 9);
    for (const line of lines)
      assert.match(line, /^-rw-r--r-- 0\/0 +\d+ 1970-01-01 00:00 [\w./-]+$/);
    const unpacked = newFolder(t);
    tar("-x", "-C", unpacked);
    const facts = await thimble(unpacked, "inspect", ".");
    assert.deepEqual({ code: facts.code, err: facts.err }, { code: 0, err: "" });
  },
);
