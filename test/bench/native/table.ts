import type { Row, Summary } from "./measure.js";

const note = [
  "Cycles on the emulated Cortex-M0+ under the model of runtime/emulator/cortex/README.md: no misses of the flash cache, no contention of the bus.",
  "They repeat exactly and are no figures of silicon. Ratios are against arm-none-eabi-gcc -O2. Bytes are those of code: helpers, libgcc and constant data apart.",
];

/** The rows as text, with the model they hold under. */
export function nativeTable({ workloads, median, size, skipped }: Summary): string {
  const head = [
    "workload",
    "n",
    "gcc -O2",
    "-Os",
    "mpu",
    "checked",
    "mpu",
    "checked",
    "-O2 B",
    "-Os B",
    "mpu B",
    "checked B",
  ];
  const lines = [head, ...workloads.map(cells)];
  const widths = head.map((_, k) => Math.max(...lines.map((line) => line[k]!.length)));
  const text = lines.map((line) =>
    line
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
      .join("  "),
  );
  return [
    ...note,
    "",
    ...text,
    ...skipped.map((line) => `left out: ${line}`),
    "",
    `median: mpu ${median.mpu.toFixed(2)}, checked ${median.checked.toFixed(2)}; size of mpu code: ${size.ratio.toFixed(2)} of -O2, ${size.ratioOs.toFixed(2)} of -Os`,
    "",
  ].join("\n");
}

function cells({ name, n, native, gcc }: Row): string[] {
  const number = (value: number): string => value.toLocaleString("en-US");
  const reference = gcc["-O2"].cycles;
  return [
    name,
    number(n),
    number(reference),
    (gcc["-Os"].cycles / reference).toFixed(2),
    number(native.mpu.cycles),
    number(native.checked.cycles),
    (native.mpu.cycles / reference).toFixed(2),
    (native.checked.cycles / reference).toFixed(2),
    ...[gcc["-O2"].bytes, gcc["-Os"].bytes, native.mpu.bytes, native.checked.bytes].map(number),
  ];
}
