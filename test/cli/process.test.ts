import assert from "node:assert/strict";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { test } from "node:test";
import { mainFile, newFolder, thimbleProcess, withExample } from "./thimble.js";

test("the exit codes reach the shell", (t) => {
  const folder = withExample(t, "blink");
  assert.equal(thimbleProcess(folder, "build", "blink").code, 0);
  assert.ok(existsSync(join(folder, "blink", "dist", "blink.wasm")));
  assert.equal(thimbleProcess(folder, "build", "nowhere").code, 1);
  assert.equal(thimbleProcess(folder, "biuld").code, 2);
  writeFileSync(join(folder, "taken"), "a file");
  const { code, out, err } = thimbleProcess(folder, "build", "blink", "--out", "taken");
  assert.deepEqual({ code, out }, { code: 3, out: "" });
  assert.match(err, /^taken.blink\.wasm: error: /);
});

/** Starts a long run whose lines come out as it goes. */
function startRun(
  folder: string,
  ...args: string[]
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [mainFile, "run", "blink", ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function textOf(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

test("a reader that has seen enough ends a run without a complaint", async (t) => {
  const child = startRun(withExample(t, "blink"), "--for", "300d");
  const err = textOf(child.stderr);
  await once(child.stdout, "data");
  child.stdout.destroy();
  const [code] = (await once(child, "exit")) as [number | null];
  assert.deepEqual({ code, err: await err }, { code: 0, err: "" });
});

test(
  "Ctrl-C ends a run with a summary, and the shell learns of it",
  { skip: process.platform === "win32" },
  async (t) => {
    const child = startRun(withExample(t, "blink"), "--speed", "1");
    const out = textOf(child.stdout);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    const [code] = (await once(child, "exit")) as [number | null];
    assert.equal(code, 130);
    assert.match(await out, /\nblink ran for /);
  },
);

test("a colour is written only where it is wanted", (t) => {
  const folder = newFolder(t);
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(thimbleProcess(folder, "build").err, /\x1b/);
});
