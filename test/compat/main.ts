/**
 * Writes the fixtures of this version of thimble: `node dist/test/compat/main.js 1.0.0` fills test/compat/1.0.0. Made once, when a
 * version is released; README.md says what they hold.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { contractImports } from "../../builder/contract/capabilities.js";
import { nativeImage } from "../../builder/image/image.js";
import { storeImage } from "../../builder/image/store.js";
import * as host from "../../runtime/emulator/sim/contract.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { createSimulation } from "../../runtime/emulator/simulation.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import { buildApp, buildExample, rigOf, wire } from "../helpers/examples.js";
import { packagePath } from "../helpers/root.js";
import { subjects, type Subject } from "./apps.js";
import { live, traceText } from "./run.js";

const json = (value: unknown): string => JSON.stringify(value, null, 2) + "\n";
const folder = packagePath("test", "compat", process.argv[2]!);
mkdirSync(folder, { recursive: true });
const functions = contractImports.map(
  ({ interface: item, name, params, result }) =>
    `${item}.${name} (${params.join(", ")}) ${result ?? "nothing"}`,
);
writeFileSync(`${folder}/functions.txt`, functions.map((line) => `${line}\n`).join(""));
const enums = Object.entries(host as Readonly<Record<string, unknown>>)
  .filter(([, cases]) => Array.isArray(cases) && cases.every((one) => typeof one === "string"))
  .map(([name, cases]) => [name, ...(cases as string[])].join(" "));
writeFileSync(`${folder}/enums.txt`, enums.map((line) => `${line}\n`).join(""));
for (const [name, subject] of Object.entries(subjects)) {
  mkdirSync(`${folder}/${name}`, { recursive: true });
  for (const [file, content] of await filesOf(subject))
    writeFileSync(`${folder}/${name}/${file}`, content);
}

async function filesOf({
  app,
  rig: wired,
  run,
}: Subject): Promise<[string, string | Uint8Array][]> {
  const example =
    typeof app === "string" ? await buildExample(app) : await buildApp(app.thimble, app.source);
  const { manifest, wasm } = example.container;
  const rig = rigOf(JSON.stringify(wired));
  const connections = wire(example, rig);
  const entries: TraceEntry[] = [];
  const device = await createSimulation({
    core: readFileSync(packagePath("runtime", "firmware", "core.wasm")),
    containers: [{ ...example.container, connections }],
    rig,
    files: () => "",
    sink: (entry) => entries.push(entry),
  });
  live(device, run);
  const store = storeImage([await nativeImage(manifest, wasm, connections)]);
  const slots = picoFlash.slots - picoFlash.journal;
  return [
    ["app.wasm", wasm],
    ["manifest.json", json(manifest)],
    ["rig.json", json(wired)],
    ["run.json", json(run)],
    ["trace.jsonl", traceText(entries)],
    ["journal.bin", upToLast(store.subarray(0, slots))],
    ["slot.bin", upToLast(store.subarray(slots))],
  ];
}

/** Flash up to the last byte that is not erased. */
function upToLast(flash: Uint8Array): Uint8Array {
  return flash.subarray(0, flash.findLastIndex((byte) => byte !== 0xff) + 1);
}
