import {
  createEmulation,
  type EmulatedContainer,
  type Emulation,
} from "../../../runtime/emulator/emulation.js";
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
import { type Ingredients, type RehearsedApp, versionsOf } from "./rehearsal.js";

/** Flashes an emulated Pico with the firmware and the apps, and starts it. Throws where it cannot. */
export async function startEmulation(
  host: Host,
  { apps, rig, wants, stopAtTrap }: Ingredients,
  sink: Parameters<typeof createEmulation>[0]["sink"],
): Promise<Emulation> {
  const firmware = firmwareFile(host, "pico.bin");
  const description = new TextDecoder().decode(firmwareFile(host, "pico.json"));
  const made: EmulatedApp[] = [];
  for (const app of apps) made.push(await emulatedApp(app));
  // The device would leave out what it has no room for, without a word.
  const { fits, refusals } = budgetOf(
    made.map(({ container: { manifest }, stored: { versions, ...image } }) => ({
      manifest,
      image,
      versions,
    })),
    readFigures(host),
  );
  if (!fits) throw new Failure(exitCodes.input, refusals);
  return createEmulation({
    flash: flashImage(
      firmware,
      made.map(({ stored }) => stored),
    ),
    containers: made.map(({ container }) => container),
    rig,
    files: (file) => signalFile(host, rig, file),
    sink,
    ...(wants === undefined ? {} : { wants }),
    layout: JSON.parse(description) as KernelLayout,
    stopAtTrap,
    locate: (container, codeOffset, version) =>
      made[container]?.images[version]?.locate(codeOffset),
  });
}

/** An app as the store of the device gets it, and as the emulation knows it. */
interface EmulatedApp {
  readonly container: EmulatedContainer;
  /** By version. */
  readonly images: readonly NativeImage[];
  readonly stored: NativeImage & { readonly versions: readonly NativeImage[] };
}

async function emulatedApp(app: RehearsedApp): Promise<EmulatedApp> {
  const wired = versionsOf(app);
  const images: NativeImage[] = [];
  for (const { container, connections, settings } of wired)
    images.push(await deviceImage(container, connections, settings));
  const [first, ...versions] = wired.map(({ container: { manifest }, connections, settings }) => ({
    manifest,
    connections,
    settings,
  }));
  const [image, ...others] = images;
  return {
    container: { ...first!, versions },
    images,
    stored: { ...image!, versions: others },
  };
}
