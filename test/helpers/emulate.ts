import { flashImage } from "../../builder/image/flash.js";
import { nativeImage } from "../../builder/image/image.js";
import { createEmulation, type Emulation } from "../../runtime/emulator/emulation.js";
import type { ContainerSource } from "../../runtime/emulator/simulation.js";
import { settingsOfVersion } from "../../runtime/manifest/settings.js";
import type { TraceSink } from "../../runtime/emulator/trace/entry.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import type { Rig } from "../../runtime/rig/rig.js";
import { readFirmware } from "./firmware.js";

export interface EmulateOptions {
  readonly containers: readonly ContainerSource[];
  readonly rig: Rig;
  readonly files: (name: string) => string;
  readonly sink: TraceSink;
  readonly wants?: (channel: string) => boolean;
  /** What containers have stored before: flash from picoFlash.values on. */
  readonly values?: Uint8Array;
}

/** Containers with their versions on an emulated Pico that is flashed with the committed firmware. */
export async function emulate(options: EmulateOptions): Promise<Emulation> {
  const { containers, values = new Uint8Array(), ...rest } = options;
  const { flash, description } = readFirmware();
  const made = await Promise.all(containers.map(emulated));
  const image = flashImage(
    flash,
    made.map(({ images: [first, ...versions] }) => ({ ...first!, versions })),
  );
  image.set(values, picoFlash.values);
  return createEmulation({
    ...rest,
    containers: made.map(({ container }) => container),
    flash: image,
    layout: description,
    locate: (index, codeOffset, version) => made[index]?.images[version]?.locate(codeOffset),
  });
}

/** The device gets settings with its flash, in each version in which they mean the same. */
async function emulated({ versions = [], ...first }: ContainerSource) {
  const values = first.settings ?? new Map<string, number>();
  const all = [first, ...versions].map((version) => ({
    ...version,
    settings: settingsOfVersion(first.manifest, version.manifest, values),
  }));
  const images = await Promise.all(
    all.map(({ manifest, wasm, connections, settings }) =>
      nativeImage(manifest, wasm, connections, settings),
    ),
  );
  return { container: { ...all[0]!, versions: all.slice(1) }, images };
}
