import assert from "node:assert/strict";
import { test } from "node:test";
import { WriteError, writeTogether, type FileOperations } from "./write.js";

/** A disk in memory with the paths of POSIX. A file is its bytes, a folder is null. */
class MemoryDisk implements FileOperations {
  /** What was asked for, in order. */
  readonly calls: string[] = [];
  /** The call that fails, counted from 0, and whether a failing write leaves half of the bytes. */
  failing = -1;

  constructor(readonly entries: Map<string, Uint8Array | null>) {}

  #call(name: string): void {
    this.calls.push(name);
    if (this.calls.length - 1 === this.failing)
      throw Object.assign(new Error("no space"), { code: "ENOSPC", syscall: name });
  }

  read(path: string): Uint8Array | undefined {
    this.#call(`read ${path}`);
    return this.entries.get(path) ?? undefined;
  }

  exists(path: string): boolean {
    return this.entries.has(path);
  }

  makeFolder(path: string): void {
    this.#call(`makeFolder ${path}`);
    this.entries.set(path, null);
  }

  write(path: string, bytes: Uint8Array): void {
    this.entries.set(path, bytes.subarray(0, bytes.length >> 1));
    this.#call(`write ${path}`);
    this.entries.set(path, bytes);
  }

  copy(from: string, to: string): void {
    this.entries.set(to, this.entries.get(from)!.subarray(0, 1));
    this.#call(`copy ${from}`);
    this.entries.set(to, this.entries.get(from)!);
  }

  rename(from: string, to: string): void {
    this.#call(`rename ${to}`);
    this.entries.set(to, this.entries.get(from)!);
    this.entries.delete(from);
  }

  removeFile(path: string): void {
    this.#call(`removeFile ${path}`);
    assert.ok(this.entries.delete(path), `no file ${path}`);
  }

  removeFolder(path: string): void {
    this.#call(`removeFolder ${path}`);
    for (const other of this.entries.keys())
      assert.ok(!other.startsWith(path + "/"), `${path} still holds ${other}`);
    this.entries.delete(path);
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A folder that was built before: one output is there, one is new, one in a new folder, one unchanged. */
function before(): Map<string, Uint8Array | null> {
  return new Map([
    ["/", null],
    ["/app", null],
    ["/app/dist", null],
    ["/app/dist/app.wasm", bytes("old container")],
    ["/app/dist/same.json", bytes("same")],
  ]);
}

const targets = new Map([
  ["/app/dist/app.wasm", bytes("new container")],
  ["/app/dist/app.manifest.json", bytes("{}")],
  ["/app/dist/same.json", bytes("same")],
  ["/app/dist/debug/deep/app.wasm", bytes("debug container")],
]);

test("all files are written, and nothing else is left", () => {
  const disk = new MemoryDisk(before());
  assert.deepEqual(writeTogether(disk, targets, "p1"), [
    "/app/dist/app.wasm",
    "/app/dist/app.manifest.json",
    "/app/dist/debug/deep/app.wasm",
  ]);
  const expected = new Map([
    ...before(),
    ["/app/dist/debug", null],
    ["/app/dist/debug/deep", null],
    ...targets,
  ] as [string, Uint8Array | null][]);
  assert.deepEqual(new Map([...disk.entries].toSorted()), new Map([...expected].toSorted()));
});

test("files that hold the right bytes are not touched", () => {
  const disk = new MemoryDisk(new Map([...before(), ...targets]));
  assert.deepEqual(writeTogether(disk, targets, "p1"), []);
  assert.deepEqual(
    disk.calls.filter((call) => !call.startsWith("read")),
    [],
  );
});

test("whichever operation fails, everything is as before", () => {
  const clean = new MemoryDisk(before());
  writeTogether(clean, targets, "p1");
  let faults = 0;
  for (let failing = 0; failing < clean.calls.length; failing++) {
    const disk = new MemoryDisk(before());
    disk.failing = failing;
    const call = clean.calls[failing]!;
    // When all is in its place, a copy of the old bytes that stays behind is no fault of the build.
    if (call === "removeFile /app/dist/app.wasm.p1.old") continue;
    assert.throws(() => writeTogether(disk, targets, "p1"), WriteError, call);
    assert.deepEqual(disk.entries, before(), `${call}, operation ${failing}`);
    faults++;
  }
  assert.ok(faults >= 12, `only ${faults} operations were tried`);
});

test("the error names the file that could not be written", () => {
  const disk = new MemoryDisk(before());
  disk.failing = 0;
  assert.throws(
    () => writeTogether(disk, targets, "p1"),
    (error: unknown) =>
      error instanceof WriteError &&
      error.path === "/app/dist/app.wasm" &&
      (error.cause as { code: string }).code === "ENOSPC",
  );
});
