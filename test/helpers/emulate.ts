import { flashImage } from "../../builder/image/flash.js";
import { nativeImage } from "../../builder/image/image.js";
import { createEmulation, type Emulation } from "../../runtime/emulator/emulation.js";
import type { ContainerSource } from "../../runtime/emulator/simulation.js";
import type { TraceSink } from "../../runtime/emulator/trace/entry.js";
import type { Rig } from "../../runtime/rig/rig.js";
import { readFirmware } from "./firmware.js";

export interface EmulateOptions {
  readonly containers: readonly ContainerSource[];
  readonly rig: Rig;
  readonly files: (name: string) => string;
  readonly sink: TraceSink;
  readonly wants?: (channel: string) => boolean;
}

/** Containers on an emulated Pico that is flashed with the committed firmware. */
export async function emulate(options: EmulateOptions): Promise<Emulation> {
  const { containers, ...rest } = options;
  const { flash, description } = readFirmware();
  const images = await Promise.all(
    containers.map(({ manifest, wasm, connections }) => nativeImage(manifest, wasm, connections)),
  );
  return createEmulation({
    ...rest,
    containers,
    flash: flashImage(flash, images),
    layout: description,
    locate: (index, codeOffset) => images[index]?.locate(codeOffset),
  });
}
