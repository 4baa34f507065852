import { currentMa } from "../../../runtime/emulator/emu/charge.js";
import type { Usage } from "../../../runtime/emulator/emu/usage.js";
import { plural } from "../render/diagnostic.js";

/** What a run has cost the emulated Pico, as rows of the summary. */
export function usageRows(usage: Usage): [name: string, text: string][] {
  const { cycles, load, sleepShare, flash, chargePerDayMah } = usage;
  const worst =
    flash.worst.erases === 0 ? "" : `, ${hex(flash.worst.offset)} ${times(flash.worst.erases)}`;
  return [
    [
      "processor",
      `${number(cycles * load)} cycles busy, ${percent(load)} of the time, ${percent(sleepShare)} asleep`,
    ],
    ...highWater(usage),
    [
      "flash",
      `${plural(flash.erases, "sector")} erased${worst}, ${plural(flash.programs, "page")} written`,
    ],
    [
      "charge",
      `about ${Math.round(chargePerDayMah)} mAh a day: ${currentMa.active} mA busy, ${currentMa.sleeping} mA asleep, estimated`,
    ],
  ];
}

/** Known only with the symbols of the firmware. */
function highWater({
  kernelStackBytes,
  containerStackBytes,
  memoryBytes,
}: Usage): [string, string][] {
  if (kernelStackBytes === undefined || containerStackBytes === undefined) return [];
  return [
    [
      "high water",
      `stack ${number(containerStackBytes)} B, of the kernel ${number(kernelStackBytes)} B, memory ${number(memoryBytes ?? 0)} B`,
    ],
  ];
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Two digits where it is below one percent; 100 only for all of it. */
function percent(share: number): string {
  const value = 100 * share;
  if (value > 99.9 && value < 100) return "over 99.9 %";
  return `${value === 0 || value === 100 ? value : value < 1 ? value.toPrecision(2) : value.toFixed(1)} %`;
}

function hex(offset: number): string {
  return `0x${offset.toString(16).padStart(6, "0")}`;
}

function times(count: number): string {
  return count < 3 ? ["never", "once", "twice"][count]! : `${number(count)} times`;
}
