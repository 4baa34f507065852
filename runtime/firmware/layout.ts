/** Where the fields of the kernel's structures are, as the compiler says: for whoever looks into the memory of a device. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSymbols } from "./arm.js";
import { runTool } from "./tool.js";

export interface StructLayout {
  readonly bytes: number;
  readonly fields: Readonly<Record<string, readonly [offset: number, bytes: number]>>;
}

/** A structure of a header, and those of its fields that are asked for. */
export interface StructQuery {
  readonly struct: string;
  readonly header: string;
  readonly fields: readonly string[];
}

/** Compiles arrays that are as long as the answers: one symbol each. Throws an Error with the compiler's words. */
export function structLayout(
  root: string,
  includes: readonly string[],
  { struct, header, fields }: StructQuery,
): StructLayout {
  const lines = [
    "#include <stddef.h>",
    `#include "${header}"`,
    `char whole[sizeof(struct ${struct})];`,
    ...fields.flatMap((field) => [
      `char at_${field}[1 + offsetof(struct ${struct}, ${field})];`,
      `char of_${field}[sizeof(((struct ${struct} *)0)->${field})];`,
    ]),
  ];
  const symbols = compile(root, includes, lines.join("\n"));
  const size = (name: string): number => symbols.get(name)!.sizeBytes;
  return {
    bytes: size("whole"),
    fields: Object.fromEntries(
      fields.map((field) => [field, [size(`at_${field}`) - 1, size(`of_${field}`)]]),
    ),
  };
}

function compile(
  root: string,
  includes: readonly string[],
  input: string,
): ReturnType<typeof readSymbols> {
  const folder = mkdtempSync(join(tmpdir(), "thimble-layout-"));
  try {
    const object = join(folder, "layout.o");
    const flags = ["-mcpu=cortex-m0plus", "-mthumb", "-std=c11", "-ffreestanding", "-fno-common"];
    const places = includes.map((include) => `-I${include}`);
    const args = [...flags, ...places, "-x", "c", "-c", "-", "-o", object];
    runTool(root, "arm-none-eabi-gcc", args, input);
    return readSymbols(runTool(root, "arm-none-eabi-nm", ["-S", object]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
