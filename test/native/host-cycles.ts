import { contractFunctions, firstContractCall } from "../../runtime/emulator/sim/contract.js";
import type { Emulation } from "../../runtime/emulator/emulation.js";
import { world, buses, type App } from "../equality/apps.js";
import { emulate } from "../helpers/emulate.js";
import { buildApp, rigOf, wire, type Example } from "../helpers/examples.js";

const cycleNs = 8;

/** What calls of a function have taken on the emulated Pico, in cycles, ascending. The processor's sleep is not in it. */
export type Taken = ReadonlyMap<string, readonly number[]>;

/** Runs apps that use most of the contract, and notes what each host call takes. */
export async function measureHostCalls(): Promise<Taken> {
  const taken = new Map<string, number[]>();
  for (const app of [buses, world]) {
    const emulation = await emulated(await buildApp(app.thimble, app.source), app.rig);
    noteCalls(emulation, (name, cycles) => taken.set(name, [...(taken.get(name) ?? []), cycles]));
    emulation.advanceTo(app.seconds * 1e6);
  }
  for (const cycles of taken.values()) cycles.sort((a, b) => a - b);
  return taken;
}

/** An app on an emulated Pico. */
export function emulated(example: Example, rigDocument: App["rig"]): Promise<Emulation> {
  const rig = rigOf(JSON.stringify(rigDocument));
  return emulate({
    containers: [{ ...example.container, connections: wire(example, rig) }],
    rig,
    files: () => "",
    sink: () => {},
  });
}

/** What the processor does at an SVC and at a branch that may end an exception. Both are its own: nothing else tells when a call begins and ends. */
interface Hooks {
  supervisorCall(number: number): void;
  branchExchange(address: number): void;
}

function noteCalls({ pico }: Emulation, note: (name: string, cycles: number) => void): void {
  const { processor } = pico.chip;
  const hooks = processor as unknown as Hooks;
  const enter = hooks.supervisorCall.bind(processor);
  const leave = hooks.branchExchange.bind(processor);
  const awakeNs = (): number => pico.nowNs - pico.counters.sleepNs;
  let call: { readonly number: number; readonly fromNs: number } | undefined;
  hooks.supervisorCall = (number) => {
    if (number >= firstContractCall && processor.ipsr === 0) call = { number, fromNs: awakeNs() };
    enter(number);
  };
  hooks.branchExchange = (address) => {
    leave(address);
    if (call === undefined || processor.ipsr !== 0) return;
    const { interface: from, name } = contractFunctions[call.number - firstContractCall]!;
    note(`${from}.${name}`, Math.round((awakeNs() - call.fromNs) / cycleNs));
    call = undefined;
  };
}
