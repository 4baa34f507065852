import { existsSync, readFileSync } from "node:fs";
import { compileNative } from "../../../builder/native/compile.js";
import { decode } from "../../../builder/wasm/decode.js";
import { NativeMachine } from "../../../runtime/emulator/cortex/machine.js";
import { helperTable } from "../../../runtime/firmware/helpers.js";
import { packagePath } from "../../helpers/root.js";
import { hasGcc, instructionsMax, measureGcc, type Level, type Measured } from "./baseline.js";
import { compileWorkload } from "./clang.js";
import { workloads, type Workload } from "./workloads.js";

export type Bounds = "mpu" | "checked";

/** A workload in our two modes and by gcc. */
export interface Row {
  readonly name: string;
  readonly n: number;
  readonly checksum: number;
  readonly wasmBytes: number;
  readonly native: Readonly<Record<Bounds, Measured>>;
  readonly gcc: Readonly<Record<Level, Measured>>;
}

export interface Summary {
  readonly workloads: readonly Row[];
  /** Cycles against gcc -O2. */
  readonly median: Readonly<Record<Bounds, number>>;
  /** Bytes of code in `mpu` mode against gcc -O2 and -Os, the median. */
  readonly size: { readonly ratio: number; readonly ratioOs: number };
  /** Workloads that were left out, and why. */
  readonly skipped: readonly string[];
}

/** gcc's figures, kept for machines without it. */
export const baselineFile = "test/bench/native/baseline.json";

type Baseline = Readonly<Record<string, Readonly<Record<Level, Measured>>>>;

const helpers = readFileSync(packagePath("runtime", "firmware", "helpers.bin"));

/** Measures all workloads that are there. Throws where a checksum is wrong. */
export async function measureAll(): Promise<Summary> {
  const rows: Row[] = [];
  const skipped: string[] = [];
  const kept = hasGcc() ? undefined : keptBaseline();
  for (const workload of workloads) {
    const { name, n, checksum } = workload;
    const wasm = await moduleOf(workload);
    const gcc = kept ? kept[name] : measuredBaseline(workload);
    if (typeof wasm === "string" || gcc === undefined) {
      skipped.push(`${name}: ${typeof wasm === "string" ? wasm : `not in ${baselineFile}`}`);
      continue;
    }
    const measure = (bounds: Bounds): Measured => measureNative(wasm, workload, bounds);
    const native = { mpu: measure("mpu"), checked: measure("checked") };
    rows.push({ name, n, checksum, wasmBytes: wasm.length, native, gcc });
  }
  return { ...summary(rows), skipped };
}

/** A workload's module, or why there is none. */
async function moduleOf({ module, source }: Workload): Promise<Uint8Array | string> {
  if (module !== undefined) return readFileSync(module);
  try {
    return await compileWorkload(source);
  } catch (error) {
    return String(error);
  }
}

function measuredBaseline(workload: Workload): Readonly<Record<Level, Measured>> {
  return { "-O2": measureGcc(workload, "-O2"), "-Os": measureGcc(workload, "-Os") };
}

function keptBaseline(): Baseline {
  const file = packagePath(...baselineFile.split("/"));
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Baseline) : {};
}

/** A module's `run(n)` as machine code. Throws where its checksum is another. */
export function measureNative(
  wasm: Uint8Array,
  { name, n, checksum }: Workload,
  bounds: Bounds,
): Measured {
  const { native, diagnostics } = compileNative(wasm, { bounds });
  if (!native) throw new Error(`${name}: ${diagnostics[0]?.message}`);
  const run = decode(wasm).module!.exports.find((item) => item.name === "run")!;
  const { offset } = native.functions.find(({ index }) => index === run.index)!;
  const machine = new NativeMachine();
  machine.load({ ...native, helpers, helperCount: helperTable.length });
  if (native.start !== undefined) machine.call(native.start, [], { resultWords: 0 });
  const { words, cycles, trap } = machine.call(offset, [n], { resultWords: 1, instructionsMax });
  if (words[0] !== checksum)
    throw new Error(`${name} in ${bounds}: ${trap?.code ?? words[0]} instead of ${checksum}`);
  return { cycles, bytes: native.code.length };
}

function summary(rows: readonly Row[]): Omit<Summary, "skipped"> {
  const ratios = (ratio: (row: Row) => number): number => rounded(median(rows.map(ratio)));
  return {
    workloads: rows,
    median: {
      mpu: ratios(({ native, gcc }) => native.mpu.cycles / gcc["-O2"].cycles),
      checked: ratios(({ native, gcc }) => native.checked.cycles / gcc["-O2"].cycles),
    },
    size: {
      ratio: ratios(({ native, gcc }) => native.mpu.bytes / gcc["-O2"].bytes),
      ratioOs: ratios(({ native, gcc }) => native.mpu.bytes / gcc["-Os"].bytes),
    },
  };
}

/** The middle, or the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
