import type { SizeSheet } from "../../compile/sizes.js";
import type { Style } from "./style.js";
import { textWidth } from "./width.js";

/** Rows beyond this are summed up. */
const mostRows = 16;

/** Where the bytes of a container are, and what it uses on a device. */
export function renderSizes(sizes: SizeSheet, style: Style): string[] {
  const rows = sizes.rows.slice(0, mostRows).map(({ part, bytes }) => [part, bytes] as const);
  const rest = sizes.rows.slice(mostRows);
  if (rest.length > 0)
    rows.push([`${rest.length} more`, rest.reduce((sum, row) => sum + row.bytes, 0)]);
  const width = Math.max(...rows.map(([part]) => textWidth(part)), "total".length);
  const digits = Math.max(number(sizes.totalBytes).length, 5);
  const line = (part: string, bytes: number): string =>
    `  ${part}${" ".repeat(width - textWidth(part))}  ${number(bytes).padStart(digits)} B`;
  const bar = (bytes: number): string =>
    style.dim("█".repeat(Math.round((bytes / Math.max(1, sizes.totalBytes)) * 24)));
  const { dataBytes, heapBytes, memoryBytes } = sizes.memory;
  const stack =
    sizes.stackBytes === null
      ? "stack without a bound (recursion)"
      : `stack ${number(sizes.stackBytes)} B`;
  return [
    ...rows.map(([part, bytes]) => `${line(part, bytes)}  ${bar(bytes)}`.trimEnd()),
    style.bold(line("total", sizes.totalBytes)),
    "",
    `  memory ${number(memoryBytes)} B (data ${number(dataBytes)} B, heap ${number(heapBytes)} B), ${stack}, runtime ${sizes.runtime}`,
  ];
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
