import { readFileSync } from "node:fs";
import type { FirmwareDescription } from "../../runtime/firmware/report.js";
import { packagePath } from "./root.js";

/** The committed firmware of a Pico: flash from its first byte on, and what is known of it. */
export interface Firmware {
  readonly flash: Uint8Array;
  readonly description: FirmwareDescription;
}

export function readFirmware(): Firmware {
  const read = (name: string): Buffer => readFileSync(packagePath("runtime", "firmware", name));
  return {
    flash: read("pico.bin"),
    description: JSON.parse(read("pico.json").toString()) as FirmwareDescription,
  };
}
