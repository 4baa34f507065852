import { Assembler, call, code, i32 } from "../../helpers/assemble.js";
import { input, output } from "../../helpers/bench.js";
import { picoFlash } from "../../../runtime/firmware/pico.js";
import { readFirmware } from "../../helpers/firmware.js";
import type { Figure } from "../figures.js";
import { swapFigures } from "./swap.js";
import { hertz, startPico, type Edge, type Subject } from "./apparatus.js";

const cycleNs = 1e9 / hertz;
/** The first byte of SVC, ARMv6-M ARM A6.7.68: the second byte in memory. */
const svcOpcode = 0xdf;

const write = (need: number, level: number) => call("gpio.write", i32(need), i32(level));

/**
 * What the kernel costs, in cycles of the emulated processor (runtime/emulator/emu/README.md states the model), read from the
 * pins that containers switch: no figure needs a probe inside of the firmware.
 */
export async function deviceFigures(): Promise<Figure[]> {
  const hostCall = await hostCallCycles();
  const instantiation = await Promise.all(
    [0, 1, 2, 4, 8].map(async (kib) => ({
      kib,
      cycles: (await instantiationCycles(kib)) - hostCall,
    })),
  );
  const at = (kib: number): number => instantiation.find((each) => each.kib === kib)!.cycles;
  const edge = await edgeCycles();
  return [
    ...firmwareSizes(),
    { name: "kernel RAM, idle container", value: await idleContainerBytes(), unit: "B" },
    { name: "host call gpio.write", value: hostCall, unit: "cycles" },
    { name: "  of which kernel", value: await overheadCycles(), unit: "cycles", most: 160 },
    { name: "instantiate, no memory", value: at(0), unit: "cycles" },
    { name: "instantiate, 4 KB of memory", value: at(4), unit: "cycles", most: 3000 },
    { name: "  each KB of memory", value: (at(8) - at(4)) / 4, unit: "cycles" },
    { name: "pin edge to callback", value: edge, unit: "cycles", most: (hertz * 50) / 1e6 },
    ...(await swapFigures()),
  ];
}

/** Of what is in flash beside the helpers that containers call. */
function firmwareSizes(): Figure[] {
  const { modules } = readFirmware().description;
  const sum = (isCounted: (group: string) => boolean): number =>
    modules.filter(({ group }) => isCounted(group)).reduce((total, { code }) => total + code, 0);
  return [
    { name: "firmware beside the helpers", value: sum((group) => group !== "helpers"), unit: "B" },
    {
      name: "  engine and sandbox",
      value: sum((group) => group === "engine and sandbox"),
      unit: "B",
      most: 4096,
    },
  ];
}

/** Writes a pin 32 times in straight code, a millisecond after its start. */
async function writingPico(): ReturnType<typeof startPico> {
  const app = new Assembler();
  const handler = app.handler(code(...Array.from({ length: 32 }, (_, i) => write(0, (i + 1) & 1))));
  app.start(call("timer.after", i32(1), i32(handler)));
  return startPico([{ wasm: app.build(), needs: [output(2)], memoryBytes: 0 }]);
}

/** From one write of a pin to the next: two instructions for the arguments, the call, and the driver. */
async function hostCallCycles(): Promise<number> {
  const { pico, edges } = await writingPico();
  pico.run(pico.nowNs + 5e6);
  const cycles = edges.slice(-31).map(({ cycle }, i, all) => cycle - (all[i - 1]?.cycle ?? cycle));
  return Math.max(...cycles);
}

/** Of that, what passes outside of the container, of gpio.write and of the driver: exception, dispatch and checks. */
async function overheadCycles(): Promise<number> {
  const { pico, edges } = await writingPico();
  const { symbols } = readFirmware().description;
  const isOf = (name: string): boolean => {
    const [address, bytes] = symbols[name] ?? [0, 0];
    return pico.pc >= address && pico.pc < address + bytes;
  };
  while (edges.length < 10) pico.run(pico.nowNs + cycleNs);
  let cycles = 0;
  while (edges.length < 11) {
    const fromNs = pico.nowNs;
    pico.run(fromNs + cycleNs);
    const isCall = pico.peek(pico.pc + 1, 1)[0] === svcOpcode;
    const isContainer = pico.pc >= picoFlash.address + picoFlash.slots;
    if ((isContainer && !isCall) || isOf("invoke_gpio_write") || isOf("port_pin_write")) continue;
    cycles += Math.round((pico.nowNs - fromNs) / cycleNs);
  }
  return cycles;
}

/**
 * From the last instruction of one container's start to the first of the next one's, whose memory has so many KB: leaving, the
 * loop of the kernel, instantiating, entering, and a host call.
 */
async function instantiationCycles(kib: number): Promise<number> {
  const first: Subject = {
    wasm: new Assembler().start(write(0, 1)).build(),
    needs: [output(2)],
    memoryBytes: 0,
  };
  const second: Subject = {
    wasm: new Assembler().start(write(0, 1)).build(),
    needs: [output(3)],
    memoryBytes: 1024 * kib,
  };
  const { pico, edges } = await startPico([first, second]);
  pico.run(pico.nowNs + 5e6);
  return risen(edges, 3).cycle - risen(edges, 2).cycle;
}

/** From the edge at an input of a sleeping Pico to the output that its handler switches at once. */
async function edgeCycles(): Promise<number> {
  const app = new Assembler();
  const handler = app.handler(write(1, 1));
  app.start(call("gpio.watch", i32(0), i32(2), i32(0), i32(handler)));
  const { pico, edges } = await startPico([
    { wasm: app.build(), needs: [input(4), output(5)], memoryBytes: 0 },
  ]);
  pico.setInput(4, false);
  pico.run(pico.nowNs + 20e6);
  const from = Math.round((pico.nowNs * hertz) / 1e9);
  pico.setInput(4, true);
  pico.run(pico.nowNs + 5e6);
  return risen(edges, 5).cycle - from;
}

function risen(edges: readonly Edge[], pin: number): Edge {
  const edge = edges.find((each) => each.pin === pin && each.high);
  if (edge === undefined) throw new Error(`pin ${pin} has not risen`);
  return edge;
}

/** What the kernel keeps for a container with one timer and no memory: its records, its binding, its part of the arena. */
async function idleContainerBytes(): Promise<number> {
  const app = new Assembler();
  const handler = app.handler([]);
  const wasm = app.start(call("timer.every", i32(1000), i32(handler))).build();
  const { symbols, structs } = readFirmware().description;
  const subject: Subject = { wasm, needs: [], memoryBytes: 0 };
  const { pico } = await startPico([subject, subject]);
  const { bytes, fields } = structs["container"]!;
  const records = symbols["containers"]![0] + fields["record"]![0];
  const recordAt = (index: number): number => pico.peekWord(records + bytes * index);
  const inArena = recordAt(1) - recordAt(0);
  return inArena + bytes + structs["binding"]!.bytes;
}
