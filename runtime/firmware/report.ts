/** What is in the firmware: sizes by module, addresses for whoever looks into it, depth of the stack. */
import type { ArmModule, ArmProgram } from "./arm.js";
import type { StructLayout } from "./layout.js";
import { type KnownStacks, type StackDepths, type StackRoots, stackDepths } from "./stack.js";

/** pico.json. All sizes in bytes. */
export interface FirmwareDescription {
  readonly boot2: number;
  readonly firstStage: number;
  /** Slot A, with the gaps between its parts. */
  readonly slot: number;
  readonly modules: readonly ModuleSize[];
  readonly stack: StackDepths;
  readonly structs: Readonly<Record<string, StructLayout>>;
  /** Address and size of each function, variable and mark of the linker, by address. */
  readonly symbols: Readonly<Record<string, readonly [address: number, bytes: number]>>;
}

/** `code` is instructions and constants; `ram` what they change. */
export interface ModuleSize {
  readonly group: string;
  readonly name: string;
  readonly code: number;
  readonly ram: number;
}

/** By the start of the path of a source; the first that fits. */
const groups: readonly (readonly [prefix: string, group: string])[] = [
  ["runtime/core/", "core"],
  ["runtime/ports/cortex-m/helpers/", "helpers"],
  ["runtime/ports/cortex-m/link", "link and store"],
  ["runtime/ports/cortex-m/installed", "link and store"],
  ["runtime/ports/cortex-m/values", "link and store"],
  ["runtime/ports/cortex-m/crc32", "link and store"],
  ["runtime/ports/cortex-m/", "engine and sandbox"],
  ["runtime/ports/rp2040/usb", "usb"],
  ["runtime/ports/rp2040/", "drivers"],
  ["libgcc", "libgcc"],
  ["", "constants and gaps"],
];

const roots: StackRoots = {
  thread: "kernel_main",
  hostCall: ["on_svc"],
  tick: ["on_tick"],
  fault: ["sandbox_fault"],
  interrupts: ["wake_interrupt", "pins_interrupt", "uart_interrupt", "usb_interrupt"],
};

/** What assembly pushes, and what functions of others may take at most. */
const assemblyStacks: KnownStacks = {
  "pointers of runtime/ports/rp2040/flash.c": 256,
  libgcc: 64,
  clear: 8,
  sandbox_enter: 56,
  sandbox_leave: 0,
};
const wordFunctionBytes = 8;

export function describeFirmware(
  program: ArmProgram,
  { boot2, firstStage, structs }: Pick<FirmwareDescription, "boot2" | "firstStage" | "structs">,
): FirmwareDescription {
  const symbols = [...program.symbols].sort(
    ([a, { address: x }], [b, { address: y }]) => x - y || (a < b ? -1 : 1),
  );
  return {
    boot2,
    firstStage,
    slot: program.bin.length,
    modules: program.modules.map(sizeOf),
    stack: stackDepths(program, { ...assemblyStacks, ...helperStacks(program) }, roots),
    structs,
    symbols: Object.fromEntries(
      symbols
        .filter(
          ([name, { kind }]) =>
            kind !== "a" && (name === "stack_top" || !name.startsWith("stack_")),
        )
        .map(([name, { address, sizeBytes }]) => [name, [address, sizeBytes]]),
    ),
  };
}

function sizeOf({ source, codeBytes, dataBytes, bssBytes }: ArmModule): ModuleSize {
  const [prefix, group] = groups.find(([start]) => source.startsWith(start))!;
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  return {
    group,
    name: source.slice(folder.length),
    code: codeBytes + dataBytes,
    ram: dataBytes + bssBytes,
  };
}

/** The helpers say in symbols how deep their stack gets; words.S calls two of them for the compiler. */
function helperStacks({ symbols }: ArmProgram): KnownStacks {
  const stacks: Record<string, number> = {};
  for (const [name, { address }] of symbols)
    if (name.startsWith("stack_")) stacks[name.slice("stack_".length)] = address;
  stacks["memcpy"] = wordFunctionBytes + (stacks["memory_copy"] ?? 0);
  stacks["memmove"] = stacks["memcpy"];
  stacks["memset"] = wordFunctionBytes + (stacks["memory_fill"] ?? 0);
  return stacks;
}

/** The sizes as text in columns: each module, sums by group, the stack. */
export function reportFirmware(firmware: FirmwareDescription): string {
  const lines: string[] = [];
  const row = (name: string, code: number, ram: number): void => {
    lines.push(`${name.padEnd(28)}${String(code).padStart(7)}${String(ram).padStart(8)}`);
  };
  lines.push(`${"bytes".padEnd(28)}${"flash".padStart(7)}${"RAM".padStart(8)}`);
  for (const group of new Set(firmware.modules.map((module) => module.group))) {
    const modules = firmware.modules.filter((module) => module.group === group);
    row(group, sum(modules, "code"), sum(modules, "ram"));
    for (const { name, code, ram } of modules) row(`  ${name}`, code, ram);
  }
  const without = (...left: readonly string[]): readonly ModuleSize[] =>
    firmware.modules.filter(({ group }) => !left.includes(group));
  const ports = without("helpers", "core");
  row("all but helpers and core", sum(ports, "code"), sum(ports, "ram"));
  const own = without("helpers");
  row("all but helpers", sum(own, "code"), sum(own, "ram"));
  const { thread, hostCall, tick, fault, interrupt, worst } = firmware.stack;
  lines.push(
    "",
    `boot2 ${firmware.boot2}, first stage ${firmware.firstStage}, slot A with its gaps ${firmware.slot} bytes`,
    `stack of the kernel: thread ${thread}, host call ${hostCall}, tick ${tick}, fault ${fault}, interrupt ${interrupt}; all at once ${worst} of 4,096 bytes`,
  );
  return `${lines.join("\n")}\n`;
}

function sum(modules: readonly ModuleSize[], what: "code" | "ram"): number {
  return modules.reduce((total, module) => total + module[what], 0);
}
