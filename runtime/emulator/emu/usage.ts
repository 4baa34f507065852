import { chargePerDayMah } from "./charge.js";
import { eraseNs, programNs } from "./flash.js";
import type { KernelMemory } from "./kernel-memory.js";
import type { Pico } from "./pico.js";

/** What a run on the emulated device has cost, from power-on to now. */
export interface Usage {
  /** Since power-on, the boot included. */
  readonly seconds: number;
  /** Of the processor's clock, those in sleep included. */
  readonly cycles: number;
  readonly instructions: number;
  readonly exceptions: number;
  /** 0 to 1: how much of the time the core executed, and slept. */
  readonly load: number;
  readonly sleepShare: number;
  /** Deepest stack of the kernel and of containers in bytes; absent without the firmware's symbols. */
  readonly kernelStackBytes?: number;
  readonly containerStackBytes?: number;
  /** RAM that the linear memories of containers take; absent without the firmware's symbols. */
  readonly memoryBytes?: number;
  readonly flash: {
    readonly erases: number;
    /** Pages of 256 bytes. */
    readonly programs: number;
    /** Erases of the sector that has seen most, and where it begins. */
    readonly worst: { readonly offset: number; readonly erases: number };
  };
  /** An estimate for a day like this run, see charge.ts. */
  readonly chargePerDayMah: number;
}

const sectorBytes = 4096;
const sandboxBytes = 4096;
const kernelStackBytes = 4096;

/** What a Pico has used since power-on; `kernel` is its memory, undefined where the symbols of the firmware are not known. */
export function readUsage(
  pico: Pico,
  kernel: KernelMemory | undefined,
  containerCount: number,
): Usage {
  const { cycles, instructions, sleepNs, exceptions, flashErases, flashPrograms } = pico.counters;
  const seconds = pico.nowNs / 1e9;
  const sleepSeconds = sleepNs / 1e9;
  const sector = pico.flash.wear.reduce((worst, n, i, all) => (n > all[worst]! ? i : worst), 0);
  const flashSeconds = (flashErases * eraseNs + flashPrograms * programNs) / 1e9;
  return {
    seconds,
    cycles,
    instructions,
    exceptions: exceptions.reduce((sum, count) => sum + count, 0),
    load: 1 - sleepSeconds / seconds,
    sleepShare: sleepSeconds / seconds,
    ...(kernel && memoryUse(pico, kernel, containerCount)),
    flash: {
      erases: flashErases,
      programs: flashPrograms,
      worst: { offset: sector * sectorBytes, erases: pico.flash.wear[sector]! },
    },
    chargePerDayMah: chargePerDayMah({ seconds, sleepSeconds, flashSeconds }),
  };
}

/** Stacks grow down from their tops. That of containers lies in the 4 KB from `sandbox_stack` on, that of the kernel in the 4 KB behind it. */
function memoryUse(pico: Pico, kernel: KernelMemory, containerCount: number) {
  const { lowestMsp, lowestPsp } = pico.counters;
  const sandboxTop = kernel.address("sandbox_stack") + sandboxBytes;
  let memoryBytes = 0;
  for (let i = 0; i < containerCount; i++) memoryBytes += kernel.container(i).memoryBytes;
  return {
    kernelStackBytes: sandboxTop + kernelStackBytes - lowestMsp,
    containerStackBytes: Math.max(0, sandboxTop - lowestPsp),
    memoryBytes,
  };
}
