import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { picoFlash, picoLimits } from "../../runtime/firmware/pico.js";
import type { FirmwareDescription } from "../../runtime/firmware/report.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import type { NativeImage } from "./image.js";
import { decodePayload } from "./payload.js";
import { placeSlots, type Slot } from "./slots.js";

/** What the firmware of a device takes and leaves, in bytes. */
export interface FirmwareFigures {
  /** The image in its slot, helpers included. */
  readonly imageBytes: number;
  readonly helperBytes: number;
  /** RAM for containers: where it begins, and how much. */
  readonly arenaAddress: number;
  readonly arenaBytes: number;
}

/** What an app takes of a device. All sizes in bytes. */
export interface AppBudget {
  readonly app: string;
  readonly payloadBytes: number;
  readonly codeBytes: number;
  /** The description with the wiring. */
  readonly wiringBytes: number;
  /** Absent where the store has no place for it. */
  readonly slot?: Slot;
  readonly memoryBytes: number;
  /** What the kernel keeps of it. */
  readonly recordBytes: number;
  /** Its calls, helpers included; null where recursion leaves them without a bound. */
  readonly stackDepthBytes: number | null;
  readonly instanceBytes: number;
  /** What it gets of the stack that all share. */
  readonly stackBytes: number;
  /** Set aside for it: what it may have of them at once. */
  readonly bindings: number;
  readonly events: number;
  readonly messages: number;
  readonly eventMs: number;
}

/** The sum of it, and whether there is as much. */
export interface Budget {
  readonly board: "pico";
  readonly fits: boolean;
  readonly firmware: FirmwareFigures & { readonly slotBytes: number };
  readonly storeBytes: number;
  readonly apps: readonly AppBudget[];
  /** Of the arena, by all apps, with the gaps between what they take. */
  readonly arenaBytes: number;
  /** Why it does not fit. */
  readonly refusals: readonly Diagnostic[];
}

/** An app to be put on a device. */
export interface BudgetApp {
  readonly manifest: Manifest;
  readonly image: NativeImage;
  /** Versions that lie in the store beside it: only their flash is counted, for whether there is room to swap depends on what runs. */
  readonly versions?: readonly NativeImage[];
}

/** The figures of a firmware, from runtime/firmware/pico.json. */
export function firmwareFigures({ slot, modules, symbols }: FirmwareDescription): FirmwareFigures {
  const [arenaStart] = symbols["arena_start"]!;
  const [arenaEnd] = symbols["arena_end"]!;
  return {
    imageBytes: slot,
    helperBytes: modules
      .filter(({ group }) => group === "helpers")
      .reduce((sum, { code }) => sum + code, 0),
    arenaAddress: arenaStart,
    arenaBytes: arenaEnd - arenaStart,
  };
}

/** What apps on one Pico take of it, and whether they fit. */
export function budgetOf(apps: readonly BudgetApp[], firmware: FirmwareFigures): Budget {
  const images = [...apps.map(({ image }) => image), ...apps.flatMap((app) => app.versions ?? [])];
  const slots = placeSlots(
    images.map(({ payload, description }) => payload.length + description.length),
  );
  const rows = apps.map((app, index) => appBudget(app, slots[index]));
  const arenaBytes = arenaOf(rows, firmware.arenaAddress);
  const refusals = [
    ...rows.flatMap(stackRefusal),
    ...rows.flatMap(slotRefusal),
    ...versionRefusals(images, slots, rows.length),
    ...sharedRefusals(rows, arenaBytes, firmware),
  ];
  return {
    board: "pico",
    fits: refusals.length === 0,
    firmware: { ...firmware, slotBytes: picoFlash.firmwareSlotBytes },
    storeBytes: picoFlash.flashBytes - picoFlash.slots,
    apps: rows,
    arenaBytes,
    refusals,
  };
}

function appBudget({ manifest, image }: BudgetApp, slot: Slot | undefined): AppBudget {
  const { name, limits } = manifest;
  const { globals, entries } = decodePayload(image.payload).payload!;
  const instanceBytes = picoLimits.instanceBytes + 4 * globals.length;
  return {
    app: name,
    payloadBytes: image.payload.length,
    codeBytes: image.codeBytes,
    wiringBytes: image.description.length,
    ...(slot === undefined ? {} : { slot }),
    memoryBytes: limits.memoryBytes,
    recordBytes: picoLimits.recordBytes + 4 * globals.length,
    stackDepthBytes: image.stackBytes,
    instanceBytes,
    stackBytes: stackOf(image.stackBytes, instanceBytes),
    ...creditOf(manifest, entries.length),
    eventMs: limits.eventMs,
  };
}

/** The stack goes down from below the instance block, which lies at a multiple of 8, and is fenced in steps. */
function stackOf(depthBytes: number | null, instanceBytes: number): number {
  const { stackBytes, stackReserveBytes, stackStepBytes } = picoLimits;
  if (depthBytes === null) return stackBytes;
  const bytes = Math.ceil(instanceBytes / 8) * 8 + depthBytes + stackReserveBytes;
  return Math.ceil(bytes / stackStepBytes) * stackStepBytes;
}

/** What the core sets aside when it loads a container: runtime/core/credit.c. */
function creditOf(
  { needs, settings }: Manifest,
  entries: number,
): Pick<AppBudget, "bindings" | "events" | "messages"> {
  const count = (...kinds: readonly string[]): number =>
    needs.filter(({ kind }) => kinds.includes(kind)).length;
  const { bindingsPerContainer, eventsPerContainer, messagesPerContainer } = picoLimits;
  const bindings = entries + (settings.length > 0 ? 1 : 0) + count("gpio-in", "uart", "subscribe");
  const events =
    count("gpio-in", "subscribe") > 0
      ? eventsPerContainer
      : Math.min(settings.length + count("uart"), eventsPerContainer);
  return {
    bindings: Math.min(Math.max(bindings - 1, 1), bindingsPerContainer),
    events,
    messages: count("subscribe") > 0 ? messagesPerContainer : 0,
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * RAM as runtime/ports/cortex-m/arena.c hands it out, up to the last byte that is taken: each memory and each record where it fits first inside of an
 * aligned power of two, in eighths of it.
 */
function arenaOf(apps: readonly AppBudget[], address: number): number {
  const taken: Span[] = [];
  for (const { memoryBytes, recordBytes } of apps)
    for (const bytes of [memoryBytes, recordBytes]) taken.push(firstFit(taken, address, bytes));
  return taken.reduce((end, { to }) => Math.max(end, to), address) - address;
}

function firstFit(taken: readonly Span[], address: number, leastBytes: number): Span {
  const rounded = (value: number, multiple: number): number =>
    Math.ceil(value / multiple) * multiple;
  let block = 256;
  while (block < leastBytes) block *= 2;
  const part = block / 8;
  const bytes = rounded(leastBytes, part);
  for (let from = address; ;) {
    from = rounded(from, part);
    if ((from % block) + bytes > block) from = rounded(from, block);
    const to = from + bytes;
    const other = taken.find((span) => span.from < to && from < span.to);
    if (other === undefined) return { from, to };
    from = other.to;
  }
}

function refusal(code: string, message: string, hint: string): Diagnostic {
  return { severity: "error", code, message, hint };
}

function stackRefusal({
  app,
  stackDepthBytes,
  instanceBytes,
  stackBytes,
}: AppBudget): Diagnostic[] {
  const { stackBytes: most, stackReserveBytes } = picoLimits;
  if (stackBytes <= most && instanceBytes + stackReserveBytes <= most) return [];
  const message = `${app} needs ${bytes(stackBytes)} of stack: ${bytes(stackDepthBytes ?? 0)} by its calls, ${bytes(instanceBytes)} for its globals and what calls return, ${bytes(stackReserveBytes)} in reserve; a device has ${bytes(most)}`;
  return [
    refusal(
      "board-stack",
      message,
      "Nest fewer calls, return fewer values, or keep large ones in a static buffer.",
    ),
  ];
}

function slotRefusal({ app, slot, payloadBytes, wiringBytes }: AppBudget): Diagnostic[] {
  if (slot !== undefined) return [];
  return [
    refusal(
      "board-flash",
      `${app} takes ${bytes(payloadBytes + wiringBytes)} of flash in one piece, and the store has no such place left`,
      "Leave out an app, or make this one smaller.",
    ),
  ];
}

function versionRefusals(
  images: readonly NativeImage[],
  slots: readonly (Slot | undefined)[],
  from: number,
): Diagnostic[] {
  return images.slice(from).flatMap(({ name, payload, description }, index) => {
    if (slots[from + index] !== undefined) return [];
    const message = `a version of ${name} takes ${bytes(payload.length + description.length)} of flash in one piece, and the store has no such place left`;
    return [refusal("board-flash", message, "Leave out a version, or make it smaller.")];
  });
}

function sharedRefusals(
  apps: readonly AppBudget[],
  arenaBytes: number,
  firmware: FirmwareFigures,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const names = apps.length === 1 ? apps[0]!.app : `the ${apps.length} apps`;
  const sum = (key: "bindings" | "events" | "messages"): number =>
    apps.reduce((total, app) => total + app[key], 0);
  if (arenaBytes > firmware.arenaBytes)
    found.push(
      refusal(
        "board-memory",
        `${names} need${apps.length === 1 ? "s" : ""} ${bytes(arenaBytes)} of RAM, and the firmware leaves ${bytes(firmware.arenaBytes)}`,
        "Lower limits.memoryBytes in thimble.json, or keep less in static buffers and texts.",
      ),
    );
  const pools = [
    ["bindings", "timers, watches and subscriptions"],
    ["events", "events that wait"],
    ["messages", "received messages that wait"],
  ] as const;
  for (const [pool, what] of pools) {
    if (sum(pool) <= picoLimits[pool]) continue;
    const message = `${names} can have ${sum(pool)} ${what} at once, and a device ${picoLimits[pool]}`;
    found.push(refusal("board-pools", message, "Put fewer apps on one device."));
  }
  if (apps.length > picoLimits.containers) {
    const message = `${apps.length} apps, and a device holds ${picoLimits.containers}`;
    found.push(refusal("board-pools", message, "Put fewer apps on one device."));
  }
  return found;
}

function bytes(count: number): string {
  return `${count.toLocaleString("en-US")} bytes`;
}
