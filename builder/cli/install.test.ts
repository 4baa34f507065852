import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { TestHost } from "../../test/helpers/host.js";
import type { Host } from "./host.js";
import { dependencyOnThimble } from "./install.js";
import { appName } from "./new.js";
import { systemDisk } from "./terminal.js";

function newFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "thimble-install-")));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A host on which this package lies in `packageFolder`, below `folder`. */
function hostIn(folder: string, packageFolder: string): Host {
  mkdirSync(join(folder, packageFolder), { recursive: true });
  return Object.assign(Object.create(new TestHost({ folder, disk: systemDisk })) as Host, {
    packageFolder: join(folder, packageFolder),
  });
}

function writeLock(folder: string, resolved: string): void {
  const lock = { packages: { "node_modules/thimble": { resolved } } };
  writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify(lock));
}

test("an app that a clone makes depends on the clone", (t) => {
  const folder = newFolder(t);
  const host = hostIn(folder, "clone");
  assert.equal(
    dependencyOnThimble(host, join(folder, "apps", "my-app"), "1.2.3"),
    "file:../../clone",
  );
});

test("the path of the clone is right where a link leads to the new app", (t) => {
  const folder = newFolder(t);
  const host = hostIn(folder, "clone");
  mkdirSync(join(folder, "far", "away"), { recursive: true });
  symlinkSync(join(folder, "far", "away"), join(folder, "near"), "dir");
  assert.equal(
    dependencyOnThimble(host, join(folder, "near", "my-app"), "1.2.3"),
    "file:../../../clone",
  );
});

test("installed from a tarball: the tarball while it is there, then the folder", (t) => {
  const folder = newFolder(t);
  const host = hostIn(folder, join("tools", "node_modules", "thimble"));
  writeLock(join(folder, "tools"), "file:../thimble-1.2.3.tgz");
  const appFolder = join(folder, "my-app");
  assert.equal(dependencyOnThimble(host, appFolder, "1.2.3"), "file:../tools/node_modules/thimble");
  writeFileSync(join(folder, "thimble-1.2.3.tgz"), "");
  assert.equal(dependencyOnThimble(host, appFolder, "1.2.3"), "file:../thimble-1.2.3.tgz");
});

test("installed from a registry: the version", (t) => {
  const folder = newFolder(t);
  const host = hostIn(folder, join("node_modules", "thimble"));
  writeLock(folder, "https://registry.example/thimble-1.2.3.tgz");
  assert.equal(dependencyOnThimble(host, join(folder, "my-app"), "1.2.3"), "^1.2.3");
});

test("a lock file that is broken or absent leaves the folder", (t) => {
  const folder = newFolder(t);
  const host = hostIn(folder, join("node_modules", "thimble"));
  assert.equal(
    dependencyOnThimble(host, join(folder, "my-app"), "1.2.3"),
    "file:../node_modules/thimble",
  );
  writeFileSync(join(folder, "node_modules", ".package-lock.json"), "{");
  assert.equal(
    dependencyOnThimble(host, join(folder, "my-app"), "1.2.3"),
    "file:../node_modules/thimble",
  );
});

test("the name of an app is made from that of its folder", () => {
  const names = [
    "my-app",
    "Greenhouse 2",
    "Wärme",
    "2fast",
    "---",
    "温度",
    "a".repeat(40),
    "x_y.z-",
  ];
  assert.deepEqual(names.map(appName), [
    "my-app",
    "greenhouse-2",
    "warme",
    "fast",
    "my-app",
    "my-app",
    "a".repeat(32),
    "x-y-z",
  ]);
});
