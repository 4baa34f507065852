import { helperTable } from "../../runtime/firmware/helpers.js";
import { contractImports, firstContractCall } from "../contract/capabilities.js";
import type { CycleCosts } from "../wasm/meter.js";
import type { Module } from "../wasm/module.js";
import type { Immediate } from "../wasm/opcodes.js";
import { BlockCycles, exitByTable, type CallCycles, type Exits } from "./block-cycles.js";
import type { CodeBlock } from "./emit.js";
import { bulkCycles, helperCycles } from "./helper-cycles.js";
import { hostCallCycles, plainCallCycles } from "./host-cycles.js";
import type { GeneratedModule } from "./generate.js";

/** What helpers and host calls take as a rule. */
export const typicalCalls: CallCycles = {
  helper: (position) => helperCycles[helperTable[position]!.name],
  hostCall(number) {
    const { interface: from, name } = contractImports[number - firstContractCall]!;
    return hostCallCycles[`${from}.${name}`] ?? plainCallCycles;
  },
};

/**
 * What a module costs as machine code. Each block of code is charged at the place that runs as often as it does, so that what the compiler has moved, merged or left
 * out is charged where and when it runs; a branch is charged by the way it takes, a `br_table` the mean of its ways.
 */
export function cycleCosts(
  { code, blocks, functions }: Pick<GeneratedModule, "code" | "blocks" | "functions">,
  calls: CallCycles = typicalCalls,
): CycleCosts {
  const measured = new BlockCycles(
    code,
    new Set(blocks.map(({ offset }) => offset)),
    new Set(functions.map(({ offset }) => offset)),
    calls,
  );
  return new Costs(new Map(blocks.map((block) => [block.offset, block])), measured).run();
}

/** About what an instruction takes, where nothing better is known. */
const roughCycles = 3;

/** What a module costs of which there is no machine code: the same for each instruction. */
export function roughCosts({ code }: Module): CycleCosts {
  const before = new Map<number, number>();
  for (const body of code) {
    let start: number | undefined;
    for (const { offset, opcode } of body.code) {
      start ??= offset;
      before.set(start, (before.get(start) ?? 0) + roughCycles);
      if (
        leavesStraightCode.has(opcode.immediate) ||
        opcode.name === "else" ||
        opcode.name === "end"
      )
        start = undefined;
    }
  }
  const none: CycleCosts["then"] = new Map();
  const { copy, fill } = bulkCycles;
  return { before, then: none, otherwise: none, copiedByte: copy, filledByte: fill };
}

const leavesStraightCode: ReadonlySet<Immediate> = new Set(["block", "label", "labels"]);

class Costs {
  readonly #before = new Map<number, number>();
  readonly #then = new Map<number, number>();
  readonly #otherwise = new Map<number, number>();
  /** Of blocks without a place, undefined while it is being found. */
  readonly #placeless = new Map<number, number | undefined>();

  constructor(
    private readonly blocks: ReadonlyMap<number, CodeBlock>,
    private readonly cycles: BlockCycles,
  ) {}

  run(): CycleCosts {
    for (const block of this.blocks.values()) {
      if (block.start === -1) continue;
      add(this.#before, block.start, this.#cost(block));
    }
    return {
      before: this.#before,
      then: this.#then,
      otherwise: this.#otherwise,
      copiedByte: bulkCycles.copy,
      filledByte: bulkCycles.fill,
    };
  }

  /** What the block costs on each of its ways. What it costs more on one of two is noted there. */
  #cost(block: CodeBlock): number {
    const { branch, ways } = block;
    const exits = this.cycles.exitsOf(block.offset);
    if (ways) return mean(ways.map((way) => this.#way(exits, way)));
    if (branch === undefined || branch.then === branch.otherwise)
      return Math.max(0, ...[...exits.keys()].map((exit) => this.#way(exits, exit)));
    const [then, otherwise] = [branch.then, branch.otherwise].map((way) => this.#way(exits, way));
    const least = Math.min(then!, otherwise!);
    add(this.#then, branch.wasmOffset, then! - least);
    add(this.#otherwise, branch.wasmOffset, otherwise! - least);
    return least;
  }

  /** To the next block on this way that has a place of its own. */
  #way(exits: Exits, to: number): number {
    const cycles = exits.get(to) ?? exits.get(exitByTable) ?? 0;
    const block = this.blocks.get(to);
    return cycles + (block?.start === -1 ? this.#edgeCost(block) : 0);
  }

  #edgeCost(block: CodeBlock): number {
    if (!this.#placeless.has(block.offset)) {
      this.#placeless.set(block.offset, undefined);
      this.#placeless.set(block.offset, this.#cost(block));
    }
    return this.#placeless.get(block.offset) ?? 0;
  }
}

function add(costs: Map<number, number>, offset: number, cycles: number): void {
  if (cycles > 0) costs.set(offset, (costs.get(offset) ?? 0) + cycles);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
