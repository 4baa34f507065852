/**
 * `npm run firmware`: compiles the firmware for a Raspberry Pi Pico.
 *
 *     node dist/runtime/firmware/firmware.js           writes pico.bin, pico.uf2, pico.json and the sizes in README.md
 *     node dist/runtime/firmware/firmware.js --check   exits 1 if these files are not what the sources give
 *
 * Both need arm-none-eabi-gcc (Debian 12: apt install --no-install-recommends gcc-arm-none-eabi).
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { units } from "../ports/cortex-m/helpers/sources.js";
import { armCompiler, armCompilerVersion, buildArm } from "./arm.js";
import { flashImage, flashStart, sealBoot2, sealSlot } from "./image.js";
import { structLayout } from "./layout.js";
import { picoFlash } from "./pico.js";
import { type FirmwareDescription, describeFirmware, reportFirmware } from "./report.js";
import { encodeUf2 } from "./uf2.js";

const root = packageRoot();
const board = "runtime/ports/rp2040";
const cortex = "runtime/ports/cortex-m";
const includes = ["runtime/core", "runtime/ports", cortex, board];

/** What the emulator looks at. */
const containerFields = {
  struct: "container",
  header: "container.h",
  fields: [
    "memory_bytes",
    "events",
    "dropped",
    "missed",
    "index",
    "state",
    "trap",
    "failures",
    "bindings",
    "waiting",
    "messages",
  ],
};

interface Firmware {
  /** From the first byte of the flash on. */
  readonly flash: Uint8Array;
  readonly description: FirmwareDescription;
}

main(process.argv.slice(2));

function main(args: readonly string[]): void {
  const found = armCompiler();
  if (found !== armCompilerVersion)
    fail(
      `the firmware is compiled by arm-none-eabi-gcc ${armCompilerVersion} (Debian 12: apt install gcc-arm-none-eabi); here is ${found ?? "none"}`,
    );
  const firmware = build();
  process.stdout.write(reportFirmware(firmware.description));
  for (const [name, bytes] of outputs(firmware)) {
    const path = join(root, "runtime", "firmware", name);
    if (!args.includes("--check")) writeFileSync(path, bytes);
    else if (!existsSync(path) || !readFileSync(path).equals(bytes))
      fail(
        `runtime/firmware/${name} is not what the sources give: run \`npm run firmware\` and commit it`,
      );
  }
}

function build(): Firmware {
  const boot2 = buildArm(root, {
    sources: [`${board}/boot2.S`],
    includes,
    linkerScript: `${board}/boot2.ld`,
  });
  const stage = buildArm(root, {
    sources: [`${board}/first-stage.c`],
    includes,
    linkerScript: `${board}/first-stage.ld`,
  });
  const program = buildArm(root, {
    sources: firmwareSources(),
    includes,
    linkerScript: `${board}/firmware.ld`,
  });
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return {
    flash: flashImage(sealBoot2(boot2.bin), stage.bin, sealSlot(program.bin, version)),
    description: describeFirmware(program, {
      boot2: boot2.bin.length,
      firstStage: stage.bin.length,
      structs: { container: structLayout(root, includes, containerFields) },
    }),
  };
}

/** In the order of the link. */
function firmwareSources(): string[] {
  const others = ["boot2.S", "first-stage.c", "mpu-v8.c"];
  const sourcesIn = (folder: string): string[] =>
    readdirSync(join(root, folder))
      .filter((name) => /\.[cS]$/.test(name) && !others.includes(name))
      .sort()
      .map((name) => `${folder}/${name}`);
  const helpers = units.map((name) => `${cortex}/helpers/${name}`);
  return [...sourcesIn(cortex), ...sourcesIn("runtime/core"), ...helpers, ...sourcesIn(board)];
}

/** What is committed, by name. */
function outputs({ flash, description }: Firmware): Map<string, Buffer> {
  const uf2 = encodeUf2([
    { address: flashStart, bytes: flash.subarray(0, picoFlash.sectorBytes) },
    { address: flashStart + picoFlash.firmware, bytes: flash.subarray(picoFlash.firmware) },
  ]);
  const readme = readFileSync(join(root, "runtime", "firmware", "README.md"), "utf8");
  const marked = /(<!-- sizes -->\n```text\n)[^]*?(```\n)/;
  const sizes = reportFirmware(description);
  return new Map([
    ["pico.bin", Buffer.from(flash)],
    ["pico.uf2", Buffer.from(uf2)],
    ["pico.json", Buffer.from(toJson(description))],
    ["README.md", Buffer.from(readme.replace(marked, (_, a, b) => `${a}${sizes}${b}`))],
  ]);
}

/** Pairs of numbers in one line. */
function toJson(description: FirmwareDescription): string {
  const text = JSON.stringify(description, undefined, 2);
  return `${text.replaceAll(/\[\s+(\d+),\s+(\d+)\s+\]/g, "[$1, $2]")}\n`;
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** The folder of package.json, above this file wherever it was emitted to. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
