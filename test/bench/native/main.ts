/**
 * The native rows of `npm run bench` alone:
 *
 *     node dist/test/bench/native/main.js            a table
 *     node dist/test/bench/native/main.js --json     one document
 *     node dist/test/bench/native/main.js --build    builds the modules of test/bench/workloads, and keeps gcc's figures
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as asc from "assemblyscript/asc";
import { packagePath } from "../../helpers/root.js";
import { hasGcc } from "./baseline.js";
import { compileWorkload } from "./clang.js";
import { baselineFile, measureAll } from "./measure.js";
import { nativeTable } from "./table.js";
import { workloads } from "./workloads.js";

await main(new Set(process.argv.slice(2)));

async function main(options: ReadonlySet<string>): Promise<void> {
  if (options.has("--build")) await buildModules();
  const summary = await measureAll();
  if (options.has("--json")) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
  else process.stdout.write(nativeTable(summary));
  if (!options.has("--build") || !hasGcc()) return;
  const kept = Object.fromEntries(summary.workloads.map(({ name, gcc }) => [name, gcc]));
  writeFileSync(packagePath(...baselineFile.split("/")), `${JSON.stringify(kept, null, 2)}\n`);
}

async function buildModules(): Promise<void> {
  for (const { name, source, module } of workloads) {
    if (module === undefined) continue;
    const wasm =
      name === "filter"
        ? await compileScript(source.replace(/c$/, "as"))
        : await compileWorkload(source);
    writeFileSync(module, wasm);
  }
}

/** An AssemblyScript source as the builder compiles apps: -Oz, memory that does not grow. */
async function compileScript(source: string): Promise<Uint8Array> {
  let wasm: Uint8Array | undefined;
  const options = [
    "--outFile",
    "out.wasm",
    "--runtime",
    "stub",
    "--initialMemory",
    "1",
    "--use",
    "abort=",
    "-O3",
    "--shrinkLevel",
    "2",
  ];
  const { error } = await asc.main(["filter.ts", ...options], {
    readFile: (name) => (name === "filter.ts" ? readFileSync(source, "utf8") : null),
    writeFile: (name, contents) => {
      if (name === "out.wasm") wasm = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || wasm === undefined) throw error ?? new Error("no module");
  return wasm;
}
