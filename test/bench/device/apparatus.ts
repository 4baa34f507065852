import { nativeImage } from "../../../builder/image/image.js";
import { flashImage } from "../../../builder/image/flash.js";
import { Pico } from "../../../runtime/emulator/emu/pico.js";
import { readFirmware } from "../../helpers/firmware.js";
import { containerOf, type WiredNeed } from "../../helpers/bench.js";

/** A level that the chip drives a pin with, at so many cycles of its processor since power-on. */
export interface Edge {
  readonly pin: number;
  readonly high: boolean;
  readonly cycle: number;
}

/** A container for the apparatus: what it is wired to, its memory. */
export interface Subject {
  readonly wasm: Uint8Array;
  readonly needs: readonly WiredNeed[];
  readonly memoryBytes: number;
}

/** Of the processor: runtime/ports/rp2040/clocks.c. */
export const hertz = 125e6;
const bootNs = 1e9;

/** A Pico with these containers that has just started its clock. What it drives pins with is noted from then on. */
export async function startPico(
  subjects: readonly Subject[],
): Promise<{ pico: Pico; edges: Edge[] }> {
  const images = await Promise.all(
    subjects.map(({ wasm, needs, memoryBytes }, index) => {
      const subject = containerOf(wasm, { name: `subject${index}`, needs, memoryBytes });
      return nativeImage(subject.manifest, wasm, subject.connections);
    }),
  );
  const pico = new Pico({ flash: flashImage(readFirmware().flash, images) });
  const edges: Edge[] = [];
  pico.onPin((pin, level) => {
    if (level === undefined || pico.clockStartNs === undefined) return;
    edges.push({ pin, high: level, cycle: Math.round((pico.nowNs * hertz) / 1e9) });
  });
  for (let ns = 1e5; pico.clockStartNs === undefined; ns += 1e5) {
    if (ns > bootNs) throw new Error("the firmware has not started its clock");
    pico.run(ns);
  }
  return { pico, edges };
}
