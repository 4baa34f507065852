import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { TestHost } from "../../../test/helpers/host.js";
import { Failure } from "../failure.js";
import type { Disk } from "../host.js";
import { systemDisk } from "../terminal.js";
import { openTrace } from "./trace.js";

function newHost(t: TestContext, disk: Disk = systemDisk): TestHost {
  const folder = mkdtempSync(join(tmpdir(), "thimble-trace-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return new TestHost({ folder, disk });
}

test("a trace takes its name when it is complete", (t) => {
  const host = newHost(t);
  const trace = openTrace(host, "out.csv");
  trace.sink({ timeUs: 5, channel: "pin.GP15", value: 1 });
  assert.deepEqual(readdirSync(host.folder), ["out.csv.test.new"]);
  trace.finish();
  trace.abandon();
  assert.deepEqual(readdirSync(host.folder), ["out.csv"]);
  assert.equal(
    readFileSync(join(host.folder, "out.csv"), "utf8"),
    "time_us,channel,value\n5,pin.GP15,1\n",
  );
});

test("the ending decides the format, and others are refused before anything is written", (t) => {
  const host = newHost(t);
  openTrace(host, "out.VCD").finish();
  assert.match(readFileSync(join(host.folder, "out.VCD"), "utf8"), /^\$version thimble \$end/);
  assert.throws(
    () => openTrace(host, "out.txt"),
    (error: unknown) => error instanceof Failure && error.exitCode === 2,
  );
  assert.deepEqual(readdirSync(host.folder), ["out.VCD"]);
});

test("a run that fails leaves an older trace alone", (t) => {
  const host = newHost(t);
  writeFileSync(join(host.folder, "out.csv"), "older");
  const trace = openTrace(host, "out.csv");
  trace.sink({ timeUs: 5, channel: "pin.GP15", value: 1 });
  trace.abandon();
  assert.deepEqual(readdirSync(host.folder), ["out.csv"]);
  assert.equal(readFileSync(join(host.folder, "out.csv"), "utf8"), "older");
});

for (const failing of ["create", "write", "close", "rename"] as const) {
  test(`a full disk at ${failing} is told with the file, and nothing is left`, (t) => {
    const full = (): never => {
      throw Object.assign(new Error("no space left"), { code: "ENOSPC", syscall: "write" });
    };
    const disk: Disk = {
      ...systemDisk,
      create: (path) => {
        if (failing === "create") full();
        const file = systemDisk.create(path);
        return {
          write: (text) => (failing === "write" ? full() : file.write(text)),
          close: () => {
            file.close();
            if (failing === "close") full();
          },
        };
      },
      rename: (from, to) => (failing === "rename" ? full() : systemDisk.rename(from, to)),
    };
    const host = newHost(t, disk);
    const run = (): void => {
      const trace = openTrace(host, "out.csv");
      try {
        for (let timeUs = 0; timeUs < 9999; timeUs++)
          trace.sink({ timeUs, channel: "pin.GP15", value: timeUs % 2 });
        trace.finish();
      } finally {
        trace.abandon();
      }
    };
    assert.throws(run, (error: unknown) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.exitCode, 3);
      const { file, message } = error.diagnostics[0]!;
      return file === "out.csv" && message === "cannot write this: the disk is full";
    });
    assert.deepEqual(readdirSync(host.folder), []);
  });
}
