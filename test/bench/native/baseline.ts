import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { NativeMachine } from "../../../runtime/emulator/cortex/machine.js";
import { packagePath } from "../../helpers/root.js";
import type { Workload } from "./workloads.js";

export interface Measured {
  readonly cycles: number;
  /** Of code. Helpers and libgcc are counted on neither side. */
  readonly bytes: number;
}

export type Level = "-O2" | "-Os";

/** More than any workload takes. */
export const instructionsMax = 1_000_000_000;

const script = packagePath("test", "bench", "workloads", "workload.ld");

export function hasGcc(): boolean {
  return spawnSync("arm-none-eabi-gcc", ["--version"]).status === 0;
}

/** A workload by arm-none-eabi-gcc on the same machine. Throws where its checksum is another. */
export function measureGcc({ name, source, n, checksum }: Workload, level: Level): Measured {
  const folder = mkdtempSync(join(tmpdir(), "thimble-bench-"));
  const path = (file: string): string => join(folder, file);
  try {
    const target = ["-mthumb", "-mcpu=cortex-m0plus", "-ffreestanding", "-ffunction-sections"];
    run("gcc", [...target, level, `-I${dirname(source)}`, "-c", source, "-o", path("run.o")]);
    const link = [
      "-nostdlib",
      "-T",
      script,
      path("run.o"),
      "-lgcc",
      "-Wl,--gc-sections",
      "-Wl,-e,run",
    ];
    run("gcc", [...target, ...link, "-o", path("run.elf")]);
    const section = (kind: string): Uint8Array => {
      run("objcopy", ["-O", "binary", "-j", kind, path("run.elf"), path(kind)]);
      return readFileSync(path(kind));
    };
    const machine = new NativeMachine();
    machine.load({
      code: section(".text"),
      memoryBytes: 65536,
      data: [{ address: 0, bytes: section(".data") }],
      stackBytes: 8192,
    });
    const { words, cycles, trap } = machine.call(0, [n], { resultWords: 1, instructionsMax });
    if (words[0] !== checksum)
      throw new Error(`${name} by gcc ${level}: ${trap?.code ?? words[0]} instead of ${checksum}`);
    return { cycles, bytes: textBytes(path("run.o")) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Sections of code in an object file: not constant data, which a module has in its memory. */
function textBytes(object: string): number {
  const lines = run("size", ["-A", object]).split("\n");
  const sizes = lines.map((line) => /^\.text\S*\s+(\d+)/.exec(line)?.[1] ?? "0");
  return sizes.reduce((sum, size) => sum + Number(size), 0);
}

function run(tool: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(`arm-none-eabi-${tool}`, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`arm-none-eabi-${tool}: ${stderr}`);
  return stdout;
}
