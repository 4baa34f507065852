import assert from "node:assert/strict";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { TestHost } from "../../../test/helpers/host.js";
import { systemDisk } from "../terminal.js";
import { Edits } from "./edits.js";

function following(t: TestContext): { host: TestHost; edits: Edits; file: string } {
  const folder = mkdtempSync(join(tmpdir(), "thimble-edits-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "app.ts");
  writeFileSync(file, "one");
  const host = new TestHost({ folder, disk: systemDisk });
  const edits = new Edits(host);
  edits.follow([file, join(folder, "nowhere.ts")]);
  return { host, edits, file };
}

test("an edit is a file with other contents, told once", async (t) => {
  const { host, edits, file } = following(t);
  assert.equal(edits.seenMs, undefined);
  assert.equal((await edits.take()).size, 0);
  writeFileSync(file, "two");
  host.edited();
  assert.ok(edits.seenMs !== undefined);
  await edits.soon();
  assert.deepEqual([...(await edits.take())], [file]);
  assert.equal(edits.seenMs, undefined);
  host.edited();
  assert.deepEqual([...(await edits.take())], [], "nothing has changed since");
});

test("a file that is there now counts, and one that was removed for good", async (t) => {
  const { host, edits, file } = following(t);
  const other = join(host.folder, "nowhere.ts");
  writeFileSync(other, "new");
  host.edited();
  assert.deepEqual([...(await edits.take())], [other]);
  unlinkSync(file);
  host.edited();
  assert.deepEqual([...(await edits.take())], [file]);
});

test("a file that is empty for a moment is not taken as such", async (t) => {
  const { host, edits, file } = following(t);
  writeFileSync(file, "");
  host.edited();
  let waits = 0;
  host.onWait = () => {
    if (++waits !== 3) return;
    writeFileSync(file, "three");
    host.edited();
  };
  assert.deepEqual([...(await edits.take())], [file]);
  assert.ok(waits >= 4);
  assert.equal((await edits.take()).size, 0);
});

test("what is told while nobody waits is not lost, and nothing is told after the end", async (t) => {
  const { host, edits, file } = following(t);
  const soon = edits.soon();
  writeFileSync(file, "four");
  host.edited();
  await soon;
  await edits.soon();
  await edits.take();
  edits.close();
  host.edited();
  assert.equal(edits.seenMs, undefined);
});
