import { readFileSync } from "node:fs";
import { Pico } from "../../runtime/emulator/emu/pico.js";
import { UsbHost } from "../../runtime/emulator/emu/usb-host.js";
import { flashStart } from "../../runtime/firmware/image.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { decodeUf2 } from "../../runtime/firmware/uf2.js";
import { FrameReader } from "../../runtime/link/frames.js";
import { decodeDeviceMessage } from "../../runtime/link/messages.js";
import { packagePath } from "./root.js";

/** Lines of the table that the self-test tells, each time. */
export const selftestTableLines = 8;

/** What a Pico with runtime/firmware/selftest.uf2 tells over USB within so many seconds. Throws where it reboots or sends what says nothing. */
export function selftestLines(seconds: number): string[] {
  const decoded = decodeUf2(readFileSync(packagePath("runtime", "firmware", "selftest.uf2")));
  if (!("segments" in decoded)) throw new Error("selftest.uf2 is no UF2 file");
  const flash = new Uint8Array(picoFlash.journal).fill(0xff);
  for (const { address, bytes } of decoded.segments) flash.set(bytes, address - flashStart);
  const pico = new Pico({ flash });
  const reader = new FrameReader();
  const lines: string[] = [];
  pico.onChip = (chip) => {
    new UsbHost(chip.usbCtrl).onBytes = (bytes) => {
      for (const body of reader.push(bytes)) {
        const message = decodeDeviceMessage(body);
        if (message?.kind === "log") lines.push(message.text);
      }
    };
  };
  pico.run(seconds * 1e9);
  if (reader.wrong > 0 || pico.starts.length > 1)
    throw new Error("the self-test does not run well");
  return lines;
}
