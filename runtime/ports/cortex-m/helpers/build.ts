/**
 * `npm run helpers`: compiles the helpers of this folder.
 *
 *     node dist/runtime/ports/cortex-m/helpers/build.js           writes runtime/firmware/helpers.bin and helpers.ts
 *     node dist/runtime/ports/cortex-m/helpers/build.js --check   exits 1 if the files are not what the sources give
 *     node dist/runtime/ports/cortex-m/helpers/build.js --table   prints what each helper takes, as README.md has it
 *
 * The first two need arm-none-eabi-gcc: of one version, since another may give other bytes.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeHelpers, helpersModule, helperStackMax } from "./describe.js";
import { helpersTable } from "./measure.js";
import { compilerArgs, compilerVersion, sourceDigest, units } from "./sources.js";

const root = packageRoot();
const binFile = join(root, "runtime", "firmware", "helpers.bin");
const moduleFile = join(root, "runtime", "firmware", "helpers.ts");

main(process.argv.slice(2));

function main(args: readonly string[]): void {
  if (args.includes("--table")) {
    process.stdout.write(helpersTable(readFileSync(binFile)));
    return;
  }
  checkCompiler();
  const folder = mkdtempSync(join(tmpdir(), "thimble-helpers-"));
  try {
    const { image, text } = build(folder);
    process.stdout.write(`helpers.bin: ${image.length} bytes\n`);
    if (args.includes("--check")) return check(image, text);
    writeFileSync(binFile, image);
    writeFileSync(moduleFile, text);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function check(image: Uint8Array, text: string): void {
  const same =
    existsSync(binFile) &&
    readFileSync(binFile).equals(image) &&
    existsSync(moduleFile) &&
    readFileSync(moduleFile, "utf8") === text;
  if (same) return;
  process.stderr.write(
    "runtime/firmware/helpers.bin or helpers.ts is not what the sources give: run `npm run helpers` and commit them\n",
  );
  process.exitCode = 1;
}

function build(folder: string): { image: Uint8Array; text: string } {
  const moved = link(folder, 0x1000_0000);
  const image = link(folder, 0);
  const symbols = run("arm-none-eabi-nm", ["-S", join(folder, "helpers.elf")], folder);
  const graphs = units
    .filter((name) => name.endsWith(".c"))
    .map((name) => readFileSync(join(folder, `helpers.elf-${name.slice(0, -2)}.ci`), "utf8"));
  const helpers = describeHelpers(image, symbols, graphs);
  const code = 4 * helpers.length;
  if (Buffer.compare(image.subarray(code), moved.subarray(code)) !== 0)
    throw new Error("the helpers hold addresses of their own: they could not lie anywhere");
  const greedy = helpers.find(({ stackBytes }) => stackBytes > helperStackMax);
  if (greedy) throw new Error(`${greedy.name} takes ${greedy.stackBytes} bytes of stack`);
  return { image, text: helpersModule(helpers, sourceDigest(root)) };
}

/** The image as it is linked to lie at an address. Leaves helpers.elf and the call graphs in the folder. */
function link(folder: string, address: number): Uint8Array {
  const sources = join(root, "runtime", "ports", "cortex-m", "helpers");
  const elf = join(folder, "helpers.elf");
  const bin = join(folder, "helpers.bin");
  const place = [`-Wl,--defsym=image_address=${address}`, "-T", join(sources, "helpers.ld")];
  const files = units.map((name) => join(sources, name));
  run("arm-none-eabi-gcc", [...compilerArgs, ...place, "-o", elf, ...files], folder);
  run("arm-none-eabi-objcopy", ["-O", "binary", elf, bin], folder);
  return readFileSync(bin);
}

function checkCompiler(): void {
  const found = spawnSync("arm-none-eabi-gcc", ["-dumpfullversion"], { encoding: "utf8" });
  const version = found.error ? "none" : found.stdout.trim();
  if (version === compilerVersion) return;
  process.stderr.write(
    `the helpers are compiled by arm-none-eabi-gcc ${compilerVersion} (Debian 12: apt install gcc-arm-none-eabi); here is ${version}\n`,
  );
  process.exit(1);
}

function run(command: string, args: readonly string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} failed:\n${stderr}`);
  return stdout;
}

/** The folder of package.json, above this file wherever it was emitted to. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
