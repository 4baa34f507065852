import { currentMa } from "../../../runtime/emulator/emu/charge.js";
import type { Usage } from "../../../runtime/emulator/emu/usage.js";
import { plural } from "../render/diagnostic.js";

/** What a run has cost the emulated Pico, as rows of the summary. */
export function usageRows(usage: Usage): [name: string, text: string][] {
  const { cycles, exceptions, load, sleepShare, flash, chargePerDayMah } = usage;
  const worst =
    flash.worst.erases === 0 ? "" : `, ${hex(flash.worst.offset)} ${times(flash.worst.erases)}`;
  return [
    [
      "processor",
      `${number(cycles)} cycles, ${number(exceptions)} exceptions, ${percent(load)} busy, ${percent(sleepShare)} asleep`,
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

/** Three digits at least where it is below one percent. */
function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 99.95 || value === 0 ? Math.round(value) : value < 1 ? value.toPrecision(2) : value.toFixed(1)} %`;
}

function hex(offset: number): string {
  return `0x${offset.toString(16).padStart(6, "0")}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${number(count)} times`;
}
