import type { DeviceRun } from "../../runtime/emulator/device-run.js";
import type { TraceEntry } from "../../runtime/emulator/trace/entry.js";
import type { Action, Run } from "./apps.js";

/** Lets a device live through a run. */
export function live(device: DeviceRun, { seconds, actions }: Run): void {
  for (const action of actions) {
    device.advanceTo(action.atUs);
    act(device, action);
  }
  device.advanceTo(seconds * 1e6);
}

function act(device: DeviceRun, action: Action): void {
  if ("setting" in action) device.setSetting(0, action.setting, action.value);
  else device.board.uartReceive(action.uart, Uint8Array.from(action.bytes));
}

/** A line of JSON an entry: time in microseconds, channel, value. */
export function traceText(entries: readonly TraceEntry[]): string {
  return entries
    .map(({ timeUs, channel, value }) => `${JSON.stringify([timeUs, channel, value])}\n`)
    .join("");
}

export function traceOf(text: string): TraceEntry[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [timeUs, channel, value] = JSON.parse(line) as [number, string, number | string];
      return { timeUs, channel, value };
    });
}
