/** The kernel of runtime/ports/cortex-m on two machines of QEMU that have an MPU and privilege for it to use. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  armCompiler,
  type ArmImage,
  type ArmProgram,
  buildArm,
} from "../../runtime/firmware/arm.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { units } from "../../runtime/ports/cortex-m/helpers/sources.js";
import { root } from "./root.js";

/** mps2-an385 is a Cortex-M3 with the MPU of ARMv7-M; mps2-an505 a Cortex-M33 with that of ARMv8-M. */
export type QemuMachine = "mps2-an385" | "mps2-an505";
export const qemuMachines: readonly QemuMachine[] = ["mps2-an385", "mps2-an505"];

interface MachineFacts {
  readonly mpu: "v7" | "v8";
  /** Addresses of what stands for flash, and of RAM. */
  readonly flash: number;
  readonly ram: number;
  readonly defines: Readonly<Record<string, number>>;
}

const facts: Readonly<Record<QemuMachine, MachineFacts>> = {
  "mps2-an385": { mpu: "v7", flash: 0, ram: 0x2000_0000, defines: {} },
  "mps2-an505": { mpu: "v8", flash: 0x1000_0000, ram: 0x3800_0000, defines: { MPS2_AN505: 1 } },
};

/** What the outside does at a time: an input gets a level, or the host sends bytes over the link. */
export type QemuInput = { readonly timeUs: number } & (
  | { readonly pin: number; readonly high: boolean }
  | { readonly link: Uint8Array }
);

export interface QemuRun {
  /** Flash from the journal (offset 0x020000) on: storeImage of builder/image. */
  readonly store: Uint8Array;
  /** How long the machine runs, by its own clock, from the start of the first container on. */
  readonly forMs: number;
  /** In order of time. */
  readonly inputs?: readonly QemuInput[];
  /**
   * Nanoseconds that an instruction takes, as a power of two; 3 if absent: 125 million a second, as many as cycles of a Pico. With
   * 10 the clock counts instructions, by 1.024 us.
   */
  readonly instructionNsLog2?: number;
}

/** Something that happened to the board. */
export interface QemuTrace {
  readonly timeUs: number;
  readonly what: "pin" | "duty" | "hertz";
  readonly pin: number;
  readonly value: number;
}

export interface QemuResult {
  /** What the link has sent. */
  readonly frames: Uint8Array;
  readonly trace: readonly QemuTrace[];
  /** 0 after all of the time; else one more than the reason the kernel panicked for. -1 if the machine had to be stopped. */
  readonly exit: number;
}

/** Why QEMU cannot run here; undefined if it can. */
export function qemuMissing(): string | undefined {
  if (armCompiler() === undefined) return "arm-none-eabi-gcc is not here";
  const found = spawnSync("qemu-system-arm", ["--version"], { encoding: "utf8" });
  return found.error ? "qemu-system-arm is not here" : undefined;
}

const cortex = "runtime/ports/cortex-m";
const board = "runtime/ports/mps2";

/** What is linked for a machine. */
export function qemuImage(machine: QemuMachine): ArmImage {
  const { mpu, flash, ram, defines } = facts[machine];
  const other = mpu === "v7" ? "mpu-v8.c" : "mpu-v7.c";
  const sourcesIn = (folder: string): string[] =>
    readdirSync(join(root, folder))
      .filter((name) => /\.[cS]$/.test(name) && name !== other)
      .sort()
      .map((name) => `${folder}/${name}`);
  return {
    sources: [
      ...sourcesIn(cortex),
      ...sourcesIn("runtime/core"),
      ...units.map((name) => `${cortex}/helpers/${name}`),
      ...sourcesIn(board),
    ],
    includes: ["runtime/core", "runtime/ports", cortex],
    linkerScript: `${board}/mps2.ld`,
    defines,
    symbols: { flash_start: flash, ram_start: ram },
  };
}

const programs = new Map<QemuMachine, ArmProgram>();

/** The firmware of a machine, compiled once. */
export function qemuProgram(machine: QemuMachine): ArmProgram {
  const program = programs.get(machine) ?? buildArm(root, qemuImage(machine));
  programs.set(machine, program);
  return program;
}

/** Runs a store on a machine. The same in every run: time is counted in instructions. */
export function runOnQemu(machine: QemuMachine, run: QemuRun): QemuResult {
  const folder = mkdtempSync(join(tmpdir(), "thimble-qemu-"));
  try {
    return runIn(folder, machine, run);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where the plan lies: runtime/ports/mps2/mps2.h. */
const planOffset = 0x01f000;
/** Of real time, for what never ends: a kernel that hangs. */
const patienceMs = 120_000;

function runIn(folder: string, machine: QemuMachine, run: QemuRun): QemuResult {
  const { flash } = facts[machine];
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("kernel.elf"), qemuProgram(machine).elf);
  writeFileSync(path("store"), run.store);
  writeFileSync(path("plan"), encodePlan(run));
  const load = (name: string, offset: number): string[] => [
    "-device",
    `loader,file=${path(name)},addr=${flash + offset},force-raw=on`,
  ];
  const { status } = spawnSync(
    "qemu-system-arm",
    [
      "-machine",
      machine,
      "-kernel",
      path("kernel.elf"),
      ...load("store", picoFlash.journal),
      ...load("plan", planOffset),
      "-nodefaults",
      "-nographic",
      "-monitor",
      "none",
      "-serial",
      `file:${path("frames")}`,
      "-serial",
      `file:${path("trace")}`,
      "-semihosting-config",
      "enable=on,target=native",
      "-icount",
      `shift=${run.instructionNsLog2 ?? 3},sleep=off`,
    ],
    { timeout: patienceMs, killSignal: "SIGKILL", stdio: "ignore" },
  );
  return {
    frames: readFileSync(path("frames")),
    trace: decodeTrace(readFileSync(path("trace"))),
    exit: status ?? -1,
  };
}

/** The bytes of `struct plan`, what the link gets behind it. */
function encodePlan({ forMs, inputs = [] }: QemuRun): Uint8Array {
  const words = [forMs * 1000, inputs.length];
  const bytes: number[] = [];
  const behind = 4 * (words.length + 4 * inputs.length);
  for (const input of inputs) {
    if ("pin" in input) {
      words.push(input.timeUs, input.pin, input.high ? 1 : 0, 0);
    } else {
      words.push(input.timeUs, 0xffffffff, behind + bytes.length, input.link.length);
      bytes.push(...input.link);
    }
  }
  if (behind + bytes.length > picoFlash.journal - planOffset)
    throw new RangeError("more inputs than the plan has room for");
  return Uint8Array.from([...new Uint8Array(Uint32Array.from(words).buffer), ...bytes]);
}

const kinds = ["pin", "duty", "hertz"] as const;
const recordBytes = 16;

function decodeTrace(bytes: Uint8Array): QemuTrace[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / recordBytes) }, (_, index) => {
    const word = (place: number): number => view.getUint32(recordBytes * index + 4 * place, true);
    return { timeUs: word(0), what: kinds[word(1)]!, pin: word(2), value: word(3) };
  });
}
