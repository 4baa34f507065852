import { createEmulation, type Emulation } from "../../../runtime/emulator/emulation.js";
import type { KernelLayout } from "../../../runtime/emulator/emu/kernel-memory.js";
import { budgetOf } from "../../image/budget.js";
import { flashImage } from "../../image/flash.js";
import { nativeImage } from "../../image/image.js";
import { readFigures } from "../budget.js";
import { exitCodes, Failure } from "../failure.js";
import { firmwareFile } from "../firmware.js";
import type { Host } from "../host.js";
import { signalFile } from "./prepare.js";
import type { Ingredients } from "./rehearsal.js";

/** Flashes an emulated Pico with the firmware and a container, and starts it. Throws where it cannot. */
export async function startEmulation(
  host: Host,
  { container, rig, connections, settings, wants }: Ingredients,
  sink: Parameters<typeof createEmulation>[0]["sink"],
): Promise<Emulation> {
  const { manifest, wasm } = container;
  const firmware = firmwareFile(host, "pico.bin");
  const description = new TextDecoder().decode(firmwareFile(host, "pico.json"));
  const image = await nativeImage(manifest, wasm, connections, settings);
  // The device would leave out what it has no room for, without a word.
  const { fits, refusals } = budgetOf([{ manifest, image }], readFigures(host));
  if (!fits) throw new Failure(exitCodes.input, refusals);
  return createEmulation({
    flash: flashImage(firmware, [image]),
    containers: [{ manifest, connections, settings }],
    rig,
    files: (file) => signalFile(host, rig, file),
    sink,
    ...(wants === undefined ? {} : { wants }),
    layout: JSON.parse(description) as KernelLayout,
    stopAtTrap: true,
    locate: (_, codeOffset) => image.locate(codeOffset),
  });
}
