import { type CallResult, NativeMachine } from "../../../emulator/cortex/machine.js";
import { layout } from "../../../emulator/cortex/layout.js";
import { helperTable } from "../../../firmware/helpers.js";
import { Operands, operandsOf } from "./operands.js";

const seed = 1;
const rounds = 1000;

/** Cycles of calls with 1000 random operands: least, median, most. */
interface Cycles {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/**
 * Size, stack and cycles of each helper as the table in README.md. Cycles are those of the machine's model, from the
 * first instruction of the helper through its return.
 *
 * @param image runtime/firmware/helpers.bin
 */
export function helpersTable(image: Uint8Array): string {
  const machine = new NativeMachine();
  const helpers = { helpers: image, helperCount: helperTable.length };
  machine.load({ code: new Uint8Array(4), ...helpers, memoryBytes: 4096 });
  const lines = helperTable.map(({ name, sizeBytes, stackBytes }, index) => {
    const { least, median, most } = measure(machine, index, name);
    return `| ${name} | ${sizeBytes} | ${stackBytes} | ${least} | ${median} | ${most} |\n`;
  });
  return `| helper | bytes | stack | least | median | most |\n|---|---:|---:|---:|---:|---:|\n${lines.join("")}`;
}

function measure(machine: NativeMachine, index: number, name: string): Cycles {
  const operands = new Operands(seed, name);
  const cycles: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const result = call(machine, index, name, operands);
    if (result !== undefined) cycles.push(result.cycles);
  }
  cycles.sort((a, b) => a - b);
  return { least: cycles[0]!, median: cycles[cycles.length >> 1]!, most: cycles.at(-1)! };
}

/** One call, or nothing where the operands are none for it. */
function call(
  machine: NativeMachine,
  index: number,
  name: string,
  operands: Operands,
): CallResult | undefined {
  if (name.startsWith("memory.")) {
    const from = name === "memory.copy" ? layout.memory + 2048 : 0;
    return machine.callHelper(index, [layout.memory, from, 256]);
  }
  const kinds = operandsOf(name);
  const words = kinds.flatMap((kind) => operands.next(kind));
  if (name.endsWith("sqrt")) words.push(words.pop()! & 0x7fff_ffff);
  const divisor = words.slice(words.length / 2);
  if (/\.(div|rem)_/.test(name) && divisor.every((word) => word === 0)) return undefined;
  return machine.callHelper(index, words);
}
