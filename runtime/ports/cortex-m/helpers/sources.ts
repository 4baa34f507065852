import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version of arm-none-eabi-gcc that helpers.bin comes from. */
export const compilerVersion = "12.2.1";

/** What is compiled, in the order of the link. */
export const units: readonly string[] = [
  "table.S",
  "integer.S",
  "memory.S",
  "float32.c",
  "float64.c",
  "convert.c",
];

const others: readonly string[] = ["asm.h", "bits.h", "helpers.ld"];

/** Nothing but the sources of this folder is linked. r8 to r10 belong to the container. */
export const compilerArgs: readonly string[] = [
  "-std=c11",
  "-Os",
  "-mcpu=cortex-m0plus",
  "-mthumb",
  "-ffreestanding",
  "-nostdlib",
  "-ffixed-r8",
  "-ffixed-r9",
  "-ffixed-r10",
  "-fno-ident",
  "-fno-jump-tables",
  "-fcallgraph-info=su",
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Werror",
];

/** SHA-256 over the compiler's version, its arguments and every source: shows without a compiler whether helpers.bin is current. */
export function sourceDigest(root: string): string {
  const folder = join(root, "runtime", "ports", "cortex-m", "helpers");
  const texts = [...units, ...others].map((name) => [
    name,
    readFileSync(join(folder, name), "utf8"),
  ]);
  const all = JSON.stringify([compilerVersion, compilerArgs, texts]);
  return createHash("sha256").update(all).digest("hex");
}
