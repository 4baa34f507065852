import { picoFlash } from "../../../runtime/firmware/pico.js";
import { Assembler, call, i32 } from "../../helpers/assemble.js";
import { containerOf } from "../../helpers/bench.js";
import { emulate } from "../../helpers/emulate.js";
import { rigOf } from "../../helpers/examples.js";
import { readFirmware } from "../../helpers/firmware.js";
import { stateOf } from "../../helpers/state.js";
import type { Figure } from "../figures.js";
import { hertz } from "./apparatus.js";

/** As many fields as a class of state can have. */
const fields = Array.from({ length: 64 }, (_, index) => `field${index}:i32`);
const memoryBytes = 1024;

/** A version with 256 bytes of state, which it has bound when its start has made its first host call. */
function version() {
  const state = stateOf(...fields);
  const app = new Assembler();
  const handler = app.handler([]);
  const wasm = app
    .start(
      call("state.bind", i32(512), i32(state.bytes)),
      call("timer.every", i32(1000), i32(handler)),
    )
    .build();
  return { ...containerOf(wasm, { name: "swapped", memoryBytes, state }), wasm };
}

/** Cycles of a swap. In all three no event is served. */
interface SwapCycles {
  /** From the first look at the command to the end of the check of the payload; of that, its CRC. */
  readonly load: number;
  readonly crc: number;
  /** From there to the first instruction of the version, and its state.bind; without the clearing of memory and stack. */
  readonly gap: number;
  readonly clearing: number;
}

async function swapCycles(): Promise<SwapCycles> {
  const run = await emulate({
    containers: [{ ...version(), versions: [version()] }],
    rig: rigOf(JSON.stringify({ board: "pico", wiring: {} })),
    files: () => "",
    sink: () => {},
  });
  run.advanceTo(500_000);
  const { pico } = run;
  const cycleNs = 1e9 / hertz;
  const functionAt = functions();
  const isContainer = (pc: number): boolean => pc >= picoFlash.address + picoFlash.slots;
  const seen = { load: 0, crc: 0, gap: 0, clearing: 0 };
  let sinceLoad = 0;
  let clearingSinceLoad = 0;
  let stage: "waiting" | "loading" | "running" | "binding" | "bound" = "waiting";
  run.swap(0, 1);
  while (stage !== "bound") {
    const { pc } = pico;
    const name = isContainer(pc) ? "" : functionAt(pc);
    const fromNs = pico.nowNs;
    pico.run(fromNs + cycleNs);
    const cycles = Math.round((pico.nowNs - fromNs) / cycleNs);
    if (stage === "waiting" && name === "link_receive") stage = "loading";
    if (stage === "waiting") continue;
    if (stage === "loading" && name === "") stage = "running";
    else if (stage === "running" && name !== "") stage = "binding";
    else if (stage === "binding" && name === "") stage = "bound";
    if (stage === "loading") {
      sinceLoad += cycles;
      if (name === "clear") clearingSinceLoad += cycles;
      if (name === "crc32") seen.crc += cycles;
      if (name !== "native_load" && !name.startsWith("load")) continue;
      seen.load += sinceLoad;
      sinceLoad = clearingSinceLoad = 0;
    } else if (stage === "binding") sinceLoad += cycles;
  }
  seen.clearing = clearingSinceLoad;
  seen.gap = sinceLoad - clearingSinceLoad;
  return seen;
}

/** The function of the firmware in which an address lies. */
function functions(): (pc: number) => string {
  const entries = Object.entries(readFirmware().description.symbols)
    .filter(
      ([, [address]]) =>
        address >= picoFlash.address && address < picoFlash.address + picoFlash.slots,
    )
    .toSorted(([, [a]], [, [b]]) => a - b);
  return (pc) => entries.findLast(([, [address]]) => address <= pc)?.[0] ?? "";
}

/** What a swap costs, with a state of 256 bytes in 64 fields and a memory of 1 KB. */
export async function swapFigures(): Promise<Figure[]> {
  const { load, crc, gap, clearing } = await swapCycles();
  return [
    { name: "swap: check and load", value: load, unit: "cycles" },
    { name: "  of which CRC", value: crc, unit: "cycles" },
    { name: "swap: gap, 256 B of state", value: gap, unit: "cycles", most: hertz / 1e3 },
    { name: "  clearing beside it", value: clearing, unit: "cycles" },
    { name: "swap: all of it", value: load + gap + clearing, unit: "cycles", most: hertz / 1e3 },
  ];
}
