import { picoLimits } from "../../runtime/firmware/pico.js";
import type { HostileCase, Place } from "./case.js";
import { blocks } from "./cases/blocks.js";
import { beatMs, buttonPin, scout, type Neighbours } from "./neighbours.js";
import { installCase, type InstalledCase } from "./stored.js";
import type { Input, Observed, Run, Target } from "./target.js";
import { numbersOf } from "./trace.js";

/** Between two attacks, if not said otherwise: twice the longest event, so that the device has come to rest before the next. */
const usualMs = 4;
const firstMs = 100;
/** When a container that has ended is started again the first time (SPEC.md section 3). */
const restartMs = 1000;
/** What a flood takes, with its report. */
const tailMs = 300;
const casesMax = 120;

/** Events of neighbours are late by no more: two events of hostile containers, and what the kernel does besides. */
export const toleranceUs = 5000;

/** Cases that run in one start of a device, with the milliseconds from the start of each to its attack. */
export type Group = readonly { readonly hostile: HostileCase; readonly delayMs: number }[];

/** The cases that a target has what they attack, in as few groups as the limits of a device allow. */
export function groupCases(all: readonly HostileCase[], { name }: Target, place: Place): Group[] {
  const groups: Filling[] = [];
  for (const unit of unitsOf(all.filter(({ only }) => only?.includes(name) ?? true))) {
    const share = unit.map((hostile) => shareOf(hostile, place)).reduce(sum);
    let group = groups.find((each) => isWithin(sum(each.share, share)));
    if (group === undefined) groups.push((group = { units: [], share: nothing }));
    group.units.push(unit);
    group.share = sum(group.share, share);
  }
  return groups.map(({ units }) => {
    let nextMs = firstMs;
    return units.flatMap((unit) => {
      const delayMs = nextMs;
      nextMs += unit[0]!.lastsMs ?? usualMs;
      return unit.map((hostile) => ({ hostile, delayMs }));
    });
  });
}

interface Filling {
  readonly units: (readonly HostileCase[])[];
  share: Share;
}

/** A case, and those that follow it at once. */
function unitsOf(all: readonly HostileCase[]): HostileCase[][] {
  const units: HostileCase[][] = [];
  for (const hostile of all)
    if (hostile.follows) units.at(-1)!.push(hostile);
    else units.push([hostile]);
  return units;
}

/** What a container takes of the pools of a device, at most. */
interface Share {
  readonly containers: number;
  readonly bindings: number;
  readonly events: number;
  readonly messages: number;
}

const nothing: Share = { containers: 0, bindings: 0, events: 0, messages: 0 };

function shareOf(hostile: HostileCase, place: Place): Share {
  const { needs, entries } = hostile.attack(place);
  const subscribes = needs.some(({ need }) => need.kind === "subscribe");
  const listens = subscribes || needs.some(({ need }) => need.kind === "gpio-in");
  return {
    containers: 1,
    bindings: Math.min(entries.length + needs.length, picoLimits.bindingsPerContainer),
    events: listens ? picoLimits.eventsPerContainer : 1,
    messages: subscribes ? picoLimits.messagesPerContainer : 0,
  };
}

function sum(a: Share, b: Share): Share {
  return {
    containers: a.containers + b.containers,
    bindings: a.bindings + b.bindings,
    events: a.events + b.events,
    messages: a.messages + b.messages,
  };
}

/** The neighbours need some, too. */
function isWithin({ containers, bindings, events, messages }: Share): boolean {
  const { bindingsPerContainer, eventsPerContainer, messagesPerContainer } = picoLimits;
  return (
    containers <= casesMax &&
    bindings <= picoLimits.bindings - 2 * bindingsPerContainer &&
    events <= picoLimits.events - 2 * eventsPerContainer &&
    messages <= picoLimits.messages - 2 * messagesPerContainer
  );
}

/** Where things lie on a target, found by looking from the places of the neighbours. */
export function survey(target: Target, { metronome }: Neighbours): Place {
  const memoryBytes = new DataView(metronome.description.buffer).getUint32(4, true);
  const run: Run = { containers: [scout(memoryBytes)], inputs: [], untilUs: 50_000 };
  const [neighbourMemory, neighbourCode] = numbersOf(target.run(run), 0, "seen");
  if (neighbourMemory === undefined || neighbourCode === undefined)
    throw new Error(`the scout has not reported on ${target.name}`);
  return {
    target: target.name,
    delayMs: firstMs,
    kernelData: target.symbol("containers"),
    kernelCode: target.symbol("sandbox_enter"),
    kernelStack: target.symbol("stack_top") - 64,
    journal: target.journal,
    neighbourMemory: neighbourMemory >>> 0,
    neighbourCode: neighbourCode >>> 0,
    helpers: target.symbol("helpers"),
    blocks: blocks[target.name],
  };
}

/** A run of a group between the neighbours, or of the neighbours alone for as long. */
export interface Trial {
  readonly cases: readonly InstalledCase[];
  readonly observed: Observed;
  /** Position of the listener; the metronome is first. */
  readonly listener: number;
}

/** Every case has its attack, is started again, and has its attack once more. */
export function runTrial(
  target: Target,
  group: Group,
  place: Place,
  neighbours: Neighbours,
  durationMs: number,
): Trial {
  const cases = group.map(({ hostile, delayMs }) => installCase(hostile, { ...place, delayMs }));
  const listener = cases.length + 1;
  const observed = target.run({
    containers: [neighbours.metronome, ...cases, neighbours.listener],
    inputs: inputs(listener),
    untilUs: durationMs * 1000,
  });
  return { cases, observed, listener };
}

/** How long a group takes; ends between two beats. */
export function durationMs(group: Group): number {
  const last = Math.max(0, ...group.map(({ delayMs }) => delayMs));
  return (Math.ceil((2 * last + restartMs + tailMs) / beatMs) + 0.5) * beatMs;
}

/** A button is pressed, orders come in, and the setting of the listener changes. */
function inputs(listener: number): Input[] {
  const press = (atUs: number, high: boolean): Input => ({ atUs, pin: buttonPin, high });
  const order = (atUs: number, text: string): Input => ({
    atUs,
    message: { kind: "message", topic: "orders", payload: new TextEncoder().encode(text) },
  });
  const gain = (atUs: number, value: number): Input => ({
    atUs,
    message: { kind: "setting", container: listener, setting: 0, value },
  });
  return [
    order(125_000, "7"),
    press(165_000, true),
    gain(205_000, 5),
    press(265_000, false),
    order(305_000, "-12"),
    gain(1_105_000, 9),
    press(1_165_000, true),
    order(1_205_000, "5"),
  ];
}
