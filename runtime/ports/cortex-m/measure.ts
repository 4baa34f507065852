import { helperTable } from "../../firmware/helpers.js";
import { NativeMachine } from "../../emulator/cortex/machine.js";

/** Placeholder until the operands are settled. */
export function helpersTable(image: Uint8Array): string {
  const machine = new NativeMachine();
  machine.load({
    code: new Uint8Array(4),
    helpers: image,
    helperCount: helperTable.length,
    memoryBytes: 4096,
  });
  return "";
}
