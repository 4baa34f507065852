import type { Effort } from "./apps.js";

const wakeUs = 50;
const codeUs = 60;
const transferUs = 30;
const byHandUs = 110;
const linkUs = 60;

/** By how much times of a device may differ from those of the simulator, in microseconds: equality.test.ts says why. */
export function boundOf({ events, transfers, byHand, links }: Effort): number {
  return wakeUs + events * codeUs + transfers * transferUs + byHand * byHandUs + links * linkUs;
}
