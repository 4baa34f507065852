/** Compiles what `npm run firmware` writes: the firmware of a Pico, and the self-test, which is the same with another main loop. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ArmProgram, buildArm } from "./arm.js";
import { flashImage, sealBoot2, sealSlot } from "./image.js";
import { structLayout } from "./layout.js";
import { type FirmwareDescription, describeFirmware } from "./report.js";

const board = "runtime/ports/rp2040";
const cortex = "runtime/ports/cortex-m";
const includes = ["runtime/core", "runtime/ports", cortex, board];

/** What the emulator looks at. */
const bindingFields = { struct: "binding", header: "event.h", fields: [] };
const containerFields = {
  struct: "container",
  header: "container.h",
  fields: [
    "record",
    "memory_bytes",
    "events",
    "dropped",
    "missed",
    "index",
    "place",
    "state",
    "trap",
    "failures",
    "bindings",
    "waiting",
    "messages",
    "stands_by",
  ],
};

export interface PicoImages {
  /** Flash from its first byte on: boot2, the first stage, slot A. */
  readonly firmware: Uint8Array;
  readonly selftest: Uint8Array;
  /** Of the firmware. */
  readonly description: FirmwareDescription;
}

/** Throws an Error with the compiler's words. */
export function buildPicoImages(root: string): PicoImages {
  const link = (sources: readonly string[], script: string): ArmProgram =>
    buildArm(root, { sources, includes, linkerScript: `${board}/${script}` });
  const boot2 = link([`${board}/boot2.S`], "boot2.ld").bin;
  const firstStage = link([`${board}/first-stage.c`], "first-stage.ld").bin;
  const firmware = link(firmwareSources(root, []), "firmware.ld");
  const selftest = link(
    [
      ...firmwareSources(root, ["kernel.c"]),
      `${board}/selftest/container.S`,
      `${board}/selftest/selftest.c`,
    ],
    "firmware.ld",
  );
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const inFlash = ({ bin }: ArmProgram): Uint8Array =>
    flashImage(sealBoot2(boot2), firstStage, sealSlot(bin, version));
  return {
    firmware: inFlash(firmware),
    selftest: inFlash(selftest),
    description: describeFirmware(firmware, {
      boot2: boot2.length,
      firstStage: firstStage.length,
      structs: {
        container: structLayout(root, includes, containerFields),
        binding: structLayout(root, includes, bindingFields),
      },
    }),
  };
}

/** In the order of the link. */
function firmwareSources(root: string, without: readonly string[]): string[] {
  const others = ["boot2.S", "first-stage.c", "mpu-v8.c", ...without];
  const sourcesIn = (folder: string): string[] =>
    readdirSync(join(root, folder))
      .filter((name) => /\.[cS]$/.test(name) && !others.includes(name))
      .sort()
      .map((name) => `${folder}/${name}`);
  return [cortex, "runtime/core", `${cortex}/helpers`, board].flatMap(sourcesIn);
}
