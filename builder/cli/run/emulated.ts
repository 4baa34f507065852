import { createEmulation, type Emulation } from "../../../runtime/emulator/emulation.js";
import type { KernelLayout } from "../../../runtime/emulator/emu/kernel-memory.js";
import { budgetOf } from "../../image/budget.js";
import { flashImage } from "../../image/flash.js";
import type { NativeImage } from "../../image/image.js";
import { readFigures } from "../budget.js";
import { exitCodes, Failure } from "../failure.js";
import { firmwareFile } from "../firmware.js";
import type { Host } from "../host.js";
import { deviceImage } from "../native.js";
import { signalFile } from "./prepare.js";
import type { Ingredients } from "./rehearsal.js";

/** Flashes an emulated Pico with the firmware and the apps, and starts it. Throws where it cannot. */
export async function startEmulation(
  host: Host,
  { apps, rig, wants, stopAtTrap }: Ingredients,
  sink: Parameters<typeof createEmulation>[0]["sink"],
): Promise<Emulation> {
  const firmware = firmwareFile(host, "pico.bin");
  const description = new TextDecoder().decode(firmwareFile(host, "pico.json"));
  const images: NativeImage[] = [];
  for (const { container, connections, settings } of apps)
    images.push(await deviceImage(container, connections, settings));
  // The device would leave out what it has no room for, without a word.
  const { fits, refusals } = budgetOf(
    apps.map(({ container: { manifest } }, index) => ({ manifest, image: images[index]! })),
    readFigures(host),
  );
  if (!fits) throw new Failure(exitCodes.input, refusals);
  return createEmulation({
    flash: flashImage(firmware, images),
    containers: apps.map(({ container: { manifest }, connections, settings }) => ({
      manifest,
      connections,
      settings,
    })),
    rig,
    files: (file) => signalFile(host, rig, file),
    sink,
    ...(wants === undefined ? {} : { wants }),
    layout: JSON.parse(description) as KernelLayout,
    stopAtTrap,
    locate: (container, codeOffset) => images[container]?.locate(codeOffset),
  });
}
