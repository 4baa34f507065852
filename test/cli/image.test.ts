import assert from "node:assert/strict";
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { thimble, unpack, withExample } from "./thimble.js";

const image = "thermostat/dist/thermostat.oci.tar";

for (const on of ["sim", "emu"]) {
  test(`an image runs as its app does: ${on}`, async (t) => {
    const folder = withExample(t, "thermostat");
    await thimble(folder, "build", "thermostat");
    unpack(join(folder, image), join(folder, "thermostat", "layout"));
    const run = async (path: string): Promise<string> => {
      const { code, out, err } = await thimble(folder, "run", path, "--on", on, "--for", "3m");
      assert.deepEqual({ code, err }, { code: 0, err: "" });
      return out.replace(/ ran for .* in .*/, "");
    };
    const expected = await run("thermostat");
    assert.match(expected, /climate/);
    assert.equal(await run(image), expected);
    assert.equal(await run("thermostat/layout"), expected);
  });
}

test("what flash puts on a board is the same from an image, to the byte; the payload is not compiled again", async (t) => {
  const folder = withExample(t, "thermostat");
  await thimble(folder, "build", "thermostat");
  const flash = async (path: string, file: string): Promise<Uint8Array> => {
    const { code, err } = await thimble(folder, "flash", "--dry-run", "--output", file, path);
    assert.deepEqual({ code, err }, { code: 0, err: "" });
    return readFileSync(join(folder, file));
  };
  assert.deepEqual(await flash(image, "image.uf2"), await flash("thermostat", "app.uf2"));
});

test("whether an image fits on a board", async (t) => {
  const folder = withExample(t, "thermostat");
  const built = await thimble(folder, "build", "thermostat", "--board", "pico");
  const { code, out } = await thimble(folder, "build", image, "--board", "pico");
  assert.equal(code, 0);
  assert.ok(out.startsWith("thermostat on a Raspberry Pi Pico: fits\n") && built.out.endsWith(out));
  const plain = await thimble(folder, "build", image);
  assert.equal(plain.code, 2);
  assert.match(plain.err, /thermostat\.oci\.tar is built already\n {2}hint: Add --board pico/);
});

test("an image has no wiring of its own", async (t) => {
  const folder = withExample(t, "thermostat");
  await thimble(folder, "build", "thermostat");
  writeFileSync(join(folder, "alone.oci.tar"), readFileSync(join(folder, image)));
  const without = await thimble(folder, "run", "alone.oci.tar", "--for", "1s");
  assert.equal(without.code, 1);
  assert.match(without.err, /^rig\.json: error: there is no rig\.json\n.*--rig/);
  const rig = ["--rig", "thermostat/rig.json"];
  const named = await thimble(folder, "run", "alone.oci.tar", "--for", "1s", ...rig);
  assert.deepEqual({ code: named.code, err: named.err }, { code: 0, err: "" });
});

test("an image that is damaged, and one that is not there", async (t) => {
  const folder = withExample(t, "thermostat");
  await thimble(folder, "build", "thermostat");
  truncateSync(join(folder, image), 3000);
  for (const command of ["run", "inspect", "flash"]) {
    const { code, out, err } = await thimble(folder, command, image);
    assert.deepEqual({ code, out }, { code: 1, out: "" });
    assert.match(
      err,
      /^thermostat\/dist\/thermostat\.oci\.tar: error: this is no whole image: .*, at byte \d+\n {2}hint: /,
    );
  }
  rmSync(join(folder, image));
  const gone = await thimble(folder, "run", image);
  assert.equal(gone.code, 1);
  assert.match(gone.err, /error: there is no such image\n {2}hint: Repeat "thimble build"\./);
});
