import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { filesBelow, thimble, withExample } from "../cli/thimble.js";
import { noSkopeo, skopeo } from "./skopeo.js";

const skip = noSkopeo;
const archive = "oci-archive:thermostat/dist/thermostat.oci.tar";

const digestOf = (text: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** A folder with the example built in it, and the digests that thimble tells of its image. */
async function built(t: TestContext) {
  const folder = withExample(t, "thermostat");
  assert.equal((await thimble(folder, "build", "thermostat")).code, 0);
  return { folder, digests: await digests(folder, "thermostat/dist/thermostat.oci.tar") };
}

async function digests(folder: string, path: string): Promise<Record<string, string>> {
  const { out, err } = await thimble(folder, "inspect", path, "--json");
  assert.equal(err, "");
  return (JSON.parse(out) as { digests: Record<string, string> }).digests;
}

test(
  "skopeo inspects the index, by the digest that thimble tells, with and without a name",
  { skip },
  async (t) => {
    const { folder, digests } = await built(t);
    const raw = skopeo(folder, "inspect", "--raw", archive);
    assert.equal(digestOf(raw), digests["image"]);
    assert.equal(skopeo(folder, "inspect", "--raw", `${archive}:latest`), raw);
    const { manifests } = JSON.parse(raw) as {
      manifests: { digest: string; platform: Record<string, string> }[];
    };
    assert.deepEqual(
      manifests.map(({ digest, platform }) => [digest, Object.values(platform).join("/")]),
      [
        [digests["moduleManifest"], "wasm/wasip1"],
        [digests["payloadManifest"], "arm/none/v6-m"],
      ],
    );
  },
);

test("the config of the module is the container's manifest too", { skip }, async (t) => {
  const { folder } = await built(t);
  const platform = ["--override-arch", "wasm", "--override-os", "wasip1"];
  const config = skopeo(folder, ...platform, "inspect", "--config", "--raw", archive);
  const manifest = readFileSync(join(folder, "thermostat/dist/thermostat.manifest.json"), "utf8");
  assert.deepEqual((JSON.parse(config) as { thimble: object }).thimble, JSON.parse(manifest));
});

test(
  "skopeo copies all of it to a layout, which keeps every digest, and runs",
  { skip },
  async (t) => {
    const { folder, digests: expected } = await built(t);
    skopeo(folder, "copy", "--all", archive, "oci:thermostat/layout");
    assert.deepEqual(await digests(folder, "thermostat/layout"), expected);
    const ran = await thimble(folder, "run", "thermostat/layout", "--for", "2m", "--quiet");
    assert.deepEqual({ code: ran.code, err: ran.err }, { code: 0, err: "" });
    assert.match(ran.out, /^thermostat ran for 2 min/);
  },
);

test(
  "skopeo copies all of it to another archive, with folders and times of its own",
  { skip },
  async (t) => {
    const { folder, digests: expected } = await built(t);
    skopeo(folder, "copy", "--all", archive, "oci-archive:thermostat/copy.tar:other:name");
    assert.deepEqual(await digests(folder, "thermostat/copy.tar"), expected);
  },
);

test("skopeo copies all of it to a plain folder, each blob byte for byte", { skip }, async (t) => {
  const { folder, digests } = await built(t);
  skopeo(folder, "copy", "--all", archive, "dir:plain");
  const files = filesBelow(join(folder, "plain"));
  const bytes = new Map(files.map((name) => [name, readFileSync(join(folder, "plain", name))]));
  assert.equal(digestOf(bytes.get("manifest.json")!), digests["image"]);
  const blobs = files.filter((name) => /^[0-9a-f]{64}$/.test(name));
  for (const name of blobs) assert.equal(digestOf(bytes.get(name)!), `sha256:${name}`);
  const layers = [digests["module"], digests["payload"]].map((digest) => digest!.slice(7));
  assert.ok(layers.every((layer) => blobs.includes(layer)) && blobs.length === 4);
  for (const kind of ["moduleManifest", "payloadManifest"])
    assert.ok(bytes.has(`${digests[kind]!.slice(7)}.manifest.json`));
});

test(
  "one platform alone: the module runs, the payload tells what it lacks",
  { skip },
  async (t) => {
    const { folder, digests: all } = await built(t);
    const wasm = ["--override-arch", "wasm", "--override-os", "wasip1"];
    skopeo(folder, ...wasm, "copy", archive, "oci:thermostat/module");
    const module = await digests(folder, "thermostat/module");
    assert.equal(module["image"], all["moduleManifest"]);
    assert.equal(module["payload"], all["payload"]);
    assert.equal(module["payloadManifest"], null);
    const ran = await thimble(folder, "run", "thermostat/module", "--for", "1m", "--quiet");
    assert.deepEqual({ code: ran.code, err: ran.err }, { code: 0, err: "" });
    const arm = ["--override-arch", "arm", "--override-os", "none", "--override-variant", "v6-m"];
    skopeo(folder, ...arm, "copy", archive, "oci:payload");
    assert.equal(readdirSync(join(folder, "payload", "blobs", "sha256")).length, 3);
    const { code, err } = await thimble(folder, "inspect", "payload");
    assert.equal(code, 1);
    assert.match(err, /there is no portable module in it.*\n.*skopeo copy --all/);
  },
);
