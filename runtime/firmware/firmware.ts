/**
 * `npm run firmware`: compiles the firmware for a Raspberry Pi Pico.
 *
 *     node dist/runtime/firmware/firmware.js           writes pico.bin, pico.uf2, pico.json, selftest.uf2 and the sizes in README.md
 *     node dist/runtime/firmware/firmware.js --check   exits 1 if these files are not what the sources give
 *
 * Both need arm-none-eabi-gcc (Debian 12: apt install --no-install-recommends gcc-arm-none-eabi).
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { armCompiler, armCompilerVersion } from "./arm.js";
import { flashStart } from "./image.js";
import { type PicoImages, buildPicoImages } from "./pico-images.js";
import { picoFlash } from "./pico.js";
import { type FirmwareDescription, reportFirmware } from "./report.js";
import { encodeUf2 } from "./uf2.js";
import { fail, packageRoot } from "./script.js";

const root = packageRoot();

main(process.argv.slice(2));

function main(args: readonly string[]): void {
  const found = armCompiler();
  if (found !== armCompilerVersion)
    fail(
      `the firmware is compiled by arm-none-eabi-gcc ${armCompilerVersion} (Debian 12: apt install gcc-arm-none-eabi); here is ${found ?? "none"}`,
    );
  const images = buildPicoImages(root);
  process.stdout.write(reportFirmware(images.description));
  for (const [name, bytes] of outputs(images)) {
    const path = join(root, "runtime", "firmware", name);
    if (!args.includes("--check")) writeFileSync(path, bytes);
    else if (!existsSync(path) || !readFileSync(path).equals(bytes))
      fail(
        `runtime/firmware/${name} is not what the sources give: run \`npm run firmware\` and commit it`,
      );
  }
}

/** What is committed, by name. */
function outputs({ firmware, selftest, description }: PicoImages): Map<string, Uint8Array> {
  const readme = readFileSync(join(root, "runtime", "firmware", "README.md"), "utf8");
  const marked = /(<!-- sizes -->\n```text\n)[^]*?(```\n)/;
  const sizes = reportFirmware(description);
  return new Map([
    ["pico.bin", firmware],
    ["pico.uf2", toUf2(firmware)],
    ["pico.json", Buffer.from(toJson(description))],
    ["selftest.uf2", toUf2(selftest)],
    ["README.md", Buffer.from(readme.replace(marked, (_, a, b) => `${a}${sizes}${b}`))],
  ]);
}

/** The sectors between the first stage and the slot are left alone. */
function toUf2(flash: Uint8Array): Uint8Array {
  return encodeUf2([
    { address: flashStart, bytes: flash.subarray(0, picoFlash.sectorBytes) },
    { address: flashStart + picoFlash.firmware, bytes: flash.subarray(picoFlash.firmware) },
  ]);
}

/** Pairs of numbers and modules in one line each. */
function toJson(description: FirmwareDescription): string {
  const text = JSON.stringify(description, undefined, 2)
    .replaceAll(/\[\s+(\d+),\s+(\d+)\s+\]/g, "[$1, $2]")
    .replaceAll(
      /\{\s+("group"[^}]*?)\s+\}/g,
      (_, module) => `{ ${module.replaceAll(/\s+/g, " ")} }`,
    );
  return `${text}\n`;
}
