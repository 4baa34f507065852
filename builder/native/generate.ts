import { wordCount } from "./build/layout.js";
import { analyzeCalls, stackDepths } from "./callgraph.js";
import { emitFunction, type CodeBlock, type EmittedFunction } from "./emit.js";
import { frameOf, type Frame } from "./frame.js";
import type { HelperName } from "./helpers.js";
import type { IrFunction } from "./ir.js";
import { link, type TableEntry } from "./link.js";
import { livenessOf, type Liveness } from "./liveness.js";
import { lower, type LowerContext } from "./lower.js";
import { argumentRegisters } from "./machine.js";
import { placeValues, type Placement } from "./resolve.js";
import { splitCriticalEdges } from "./split.js";

/** Improvements that can be left out, to find what is wrong or what they are worth. */
export interface BackendOptions {
  /** Values start in registers that they come from or go to. */
  readonly hints?: boolean;
  /** Values live in r11 and lr before they go to the stack. */
  readonly highRegisters?: boolean;
}

export interface GenerateContext extends LowerContext {
  /** The table of functions; null: an empty entry. */
  readonly table: readonly (TableEntry | null)[];
  /** Bytes of stack that a helper takes. */
  helperStackBytes(name: HelperName): number;
  readonly options?: BackendOptions;
}

/** Machine code of a module. */
export interface GeneratedModule {
  /** Runs at any multiple of 4. */
  readonly code: Uint8Array;
  readonly functions: readonly {
    /** wasm index. */
    readonly index: number;
    readonly offset: number;
    /** What the function and all below it take of the stack, helpers included; null if they call themselves. */
    readonly stackBytes: number | null;
  }[];
  /** From the start of code. */
  readonly tableOffset: number;
  /** Words of the table: signature id << 24 | offset | 1, 0 if empty. */
  readonly table: readonly number[];
  /** Ascending offsets of code, each with the offset in the wasm module from which it and what follows come; -1: from none. */
  readonly map: readonly (readonly [codeOffset: number, wasmOffset: number])[];
  /** Of all functions, in the order in which they lie. */
  readonly blocks: readonly CodeBlock[];
  /** Ranges of code that hold no instructions: literals, tables, padding. */
  readonly dataRanges: readonly { readonly from: number; readonly to: number }[];
  /** In the order of their names. */
  readonly helpers: readonly HelperName[];
  /** Numbers of supervisor calls, ascending. */
  readonly hostCalls: readonly number[];
}

interface Draft {
  readonly fn: IrFunction;
  readonly liveness: Liveness;
  placement: Placement;
  /** Whether branches need lr, so that no value may be in it. */
  jumpsByLink: boolean;
}

/** Compiles the functions of a module to machine code. */
export function generate(
  functions: readonly IrFunction[],
  context: GenerateContext,
): GeneratedModule {
  const drafts = functions.map((fn) => draftOf(fn, context));
  const position = new Map(functions.map(({ index }, k) => [index, k]));
  const inTable = context.table.flatMap((entry) => {
    const at = entry === null ? undefined : position.get(entry.functionIndex);
    return at === undefined ? [] : [at];
  });
  const callees = drafts.map((draft) => calleesOf(draft, position, inTable, drafts));
  const needs = analyzeCalls(
    callees,
    drafts.map(({ liveness }) => liveness.fn.helpers.size > 0),
  );
  for (;;) {
    const frames = drafts.map((draft, k) => frameFor(draft, needs.reachesHelper[k]!));
    const own = drafts.map((draft, k) => stackOf(draft, frames[k]!, context));
    const { whole, untilCheck } = stackDepths(needs, callees, own);
    const code = drafts.map(({ liveness, placement }, k) =>
      emitFunction({
        liveness,
        placement,
        frame: frames[k]!,
        checkBytes: needs.recursive[k] ? untilCheck[k]! : null,
      }),
    );
    const wrong = drafts.filter(
      (draft, k) =>
        code[k]!.usesLinkForJump && (!frames[k]!.savesLink || draft.placement.homes.usesLink),
    );
    if (wrong.length === 0) return moduleOf(drafts, code, whole, context);
    for (const draft of wrong) {
      draft.jumpsByLink = true;
      draft.placement = placementOf(draft.liveness, context, false);
    }
  }
}

function draftOf(fn: IrFunction, context: GenerateContext): Draft {
  const liveness = livenessOf(lower(splitCriticalEdges(fn), context));
  return { fn, liveness, placement: placementOf(liveness, context, true), jumpsByLink: false };
}

function placementOf(liveness: Liveness, { options }: GenerateContext, link: boolean): Placement {
  return placeValues(liveness, {
    hints: options?.hints ?? true,
    highRegisters: options?.highRegisters ?? true,
    link,
  });
}

/** Positions of the functions that one may call; through the table, those that take and return as many words. */
function calleesOf(
  { liveness }: Draft,
  position: ReadonlyMap<number, number>,
  inTable: readonly number[],
  drafts: readonly Draft[],
): number[] {
  const { callees, addressCalls } = liveness.fn;
  const found = new Set(callees.map((index) => position.get(index)!));
  const shapes = new Set(addressCalls.map(({ args, results }) => `${args} ${results}`));
  for (const k of inTable) {
    const { type } = drafts[k]!.fn;
    const results = Math.min(argumentRegisters, wordCount(type.results));
    if (shapes.has(`${wordCount(type.params)} ${results}`)) found.add(k);
  }
  return [...found];
}

function frameFor({ liveness, placement, jumpsByLink }: Draft, aligned: boolean): Frame {
  const { blocks, outgoingWords } = liveness.fn;
  const { homes, used } = placement;
  const calls = blocks.some(({ instructions }) => instructions.some(({ isCall }) => isCall));
  return frameOf({
    used,
    usesHighHome: homes.usesHighHome,
    usesLink: calls || homes.usesLink || jumpsByLink,
    outgoingWords,
    slots: homes.slots,
    aligned,
  });
}

/** Stack of a function and its helpers. Moves between stack words may save a register there. */
function stackOf({ liveness }: Draft, frame: Frame, context: GenerateContext): number {
  const helpers = [...liveness.fn.helpers].map((name) => context.helperStackBytes(name));
  const moves = frame.bodyBytes > 0 ? 4 : 0;
  return frame.bytes + Math.max(moves, 0, ...helpers);
}

function moduleOf(
  drafts: readonly Draft[],
  code: readonly EmittedFunction[],
  whole: readonly (number | null)[],
  context: GenerateContext,
): GeneratedModule {
  const linked = link({
    functions: new Map(drafts.map(({ fn }, k) => [fn.index, code[k]!])),
    table: context.table,
    hostCall: (index) => context.hostCall(index),
  });
  const lowered = drafts.map(({ liveness }) => liveness.fn);
  const helpers = new Set(lowered.flatMap((fn) => [...fn.helpers]));
  const hostCalls = new Set(lowered.flatMap((fn) => [...fn.hostCalls]));
  for (const entry of context.table)
    if (entry && !drafts.some(({ fn }) => fn.index === entry.functionIndex))
      hostCalls.add(context.hostCall(entry.functionIndex));
  return {
    code: linked.code,
    functions: drafts.map(({ fn: { index } }, k) => ({
      index,
      offset: linked.offsets.get(index)!,
      stackBytes: whole[k]!,
    })),
    tableOffset: linked.tableOffset,
    table: linked.table,
    map: linked.map,
    blocks: drafts.flatMap(({ fn }, k) =>
      code[k]!.blocks.map((block) => movedBy(block, linked.offsets.get(fn.index)!)),
    ),
    dataRanges: linked.data,
    helpers: [...helpers].sort(),
    hostCalls: [...hostCalls].sort((a, b) => a - b),
  };
}

function movedBy({ offset, start, branch, ways }: CodeBlock, by: number): CodeBlock {
  return {
    offset: offset + by,
    start,
    ...(branch && {
      branch: { ...branch, then: branch.then + by, otherwise: branch.otherwise + by },
    }),
    ...(ways && { ways: ways.map((way) => way + by) }),
  };
}
