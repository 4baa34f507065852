/**
 * `npm run core`: compiles runtime/core and runtime/ports/sim to runtime/firmware/core.wasm.
 *
 *     node dist/runtime/firmware/build.js           writes core.wasm
 *     node dist/runtime/firmware/build.js --check   exits 1 if the file is not what the sources give
 *
 * The compiler is one exact version of @yowasp/clang, itself WebAssembly, so the bytes are the same on every
 * system. It is installed on demand into node_modules/.cache; THIMBLE_CLANG names another folder that holds
 * the package.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ClangModule, clangVersion, compileCore } from "./compile.js";
import { readSources } from "./sources.js";
import { fail, packageRoot } from "./script.js";

const coreBytesMax = 16 * 1024;

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const root = packageRoot();
  const sources = readSources(root);
  const core = await compileCore(await loadClang(root), sources);
  const file = join(root, "runtime", "firmware", "core.wasm");
  process.stdout.write(`core.wasm: ${core.length} bytes of at most ${coreBytesMax}\n`);
  if (core.length > coreBytesMax) fail("core.wasm is too large: make the core smaller");
  if (!args.includes("--check")) return writeFileSync(file, core);
  if (!existsSync(file) || !readFileSync(file).equals(core)) {
    fail(
      "runtime/firmware/core.wasm is not what the sources give: run `npm run core` and commit it",
    );
  }
}

async function loadClang(root: string): Promise<ClangModule> {
  const given = process.env["THIMBLE_CLANG"];
  const cache = join(root, "node_modules", ".cache", "thimble-clang");
  const folder = given ?? join(cache, "node_modules", "@yowasp", "clang");
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest) && given === undefined) install(cache);
  if (!existsSync(manifest)) fail(`${folder} does not hold the package @yowasp/clang`);
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  if (version !== clangVersion) fail(`${folder} holds version ${version}, not ${clangVersion}`);
  return import(pathToFileURL(join(folder, "gen", "bundle.js")).href);
}

function install(cache: string): void {
  process.stdout.write(`installing @yowasp/clang ${clangVersion} (about 100 MB) into ${cache}\n`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  const npm = process.env["npm_execpath"];
  const args = [
    "install",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    `@yowasp/clang@${clangVersion}`,
  ];
  const result = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: cache, stdio: "inherit" })
    : spawnSync("npm", args, { cwd: cache, stdio: "inherit", shell: process.platform === "win32" });
  if (result.status !== 0) fail("the compiler could not be installed");
}
