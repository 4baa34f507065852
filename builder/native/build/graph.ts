import type { Block, Edge, Instruction, Terminator, Test, TrapName, Value } from "../ir.js";

/** A block while its function is being built. */
export interface DraftBlock {
  readonly params: Value[];
  readonly instructions: Instruction[];
  readonly incoming: DraftEdge[];
  terminator: DraftTerminator | null;
  /** True once all edges to it are there. */
  sealed: boolean;
  /** Place among the blocks, or -1 before it is begun. */
  position: number;
  readonly loopDepth: number;
  /** As in the finished block; -1 until the first instruction behind its beginning is met. */
  start: number;
  /** The value of each variable at its end. */
  readonly definitions: Map<number, Value>;
  /** Variables read before it was sealed, with the parameters that stand for them. */
  readonly pending: [variable: number, param: Value, position: number][];
}

export interface DraftEdge {
  readonly from: DraftBlock;
  readonly target: DraftBlock;
  readonly args: Value[];
}

export type DraftTerminator = { readonly wasmOffset: number } & (
  | { readonly kind: "jump"; readonly edge: DraftEdge }
  | {
      readonly kind: "branch";
      readonly test: Test;
      readonly then: DraftEdge;
      readonly otherwise: DraftEdge;
    }
  | { readonly kind: "switch"; readonly value: Value; readonly edges: readonly DraftEdge[] }
  | { readonly kind: "return"; readonly values: readonly Value[] }
  | { readonly kind: "trap"; readonly trap: TrapName }
);

/**
 * A control-flow graph in SSA form that grows instruction by instruction (Braun, Buchwald, Hack, Leißa, Mallon, Zwinkau: Simple and Efficient
 * Construction of Static Single Assignment Form, 2013). Variables are words of locals; reading one where paths meet adds a parameter. Lookups keep
 * their own list of work: the depth of the stack does not depend on the program.
 */
export class Graph {
  private readonly blocks: DraftBlock[] = [];
  private readonly unfilled: { block: DraftBlock; variable: number; position: number }[] = [];
  private zero: Value | null = null;
  valueCount = 0;

  newValue(): Value {
    return this.valueCount++;
  }

  newValues(count: number): Value[] {
    return Array.from({ length: count }, () => this.newValue());
  }

  /** A block with parameters of its own; those of variables come after them. */
  newBlock(params: number, loopDepth: number): DraftBlock {
    return {
      params: this.newValues(params),
      instructions: [],
      incoming: [],
      terminator: null,
      sealed: false,
      position: -1,
      loopDepth,
      start: -1,
      definitions: new Map(),
      pending: [],
    };
  }

  /** Gives the block the next place. Each comes after its dominators because its first edge comes from a block that was begun. */
  begin(block: DraftBlock): void {
    block.position = this.blocks.length;
    this.blocks.push(block);
  }

  edge(from: DraftBlock, target: DraftBlock, args: readonly Value[]): DraftEdge {
    const edge = { from, target, args: [...args] };
    target.incoming.push(edge);
    return edge;
  }

  /** Says that no more edges to the block will come. */
  seal(block: DraftBlock): void {
    block.sealed = true;
    for (const [variable, , position] of block.pending)
      this.unfilled.push({ block, variable, position });
    block.pending.length = 0;
    this.fill();
  }

  write(block: DraftBlock, variable: number, value: Value): void {
    block.definitions.set(variable, value);
  }

  read(block: DraftBlock, variable: number): Value {
    const value = this.lookUp(block, variable);
    this.fill();
    return value;
  }

  private fill(): void {
    for (let work = this.unfilled.pop(); work; work = this.unfilled.pop()) {
      const { block, variable, position } = work;
      for (const edge of block.incoming) edge.args[position] = this.lookUp(edge.from, variable);
    }
  }

  /** Goes up through blocks with one way in, to a definition or to a block where a parameter has to stand for it. */
  private lookUp(start: DraftBlock, variable: number): Value {
    const passed: DraftBlock[] = [];
    let block = start;
    let value = block.definitions.get(variable);
    while (value === undefined) {
      passed.push(block);
      const [only] = block.incoming;
      if (block.position === 0) value = this.zeroValue();
      else if (block.sealed && block.incoming.length === 1 && only) {
        block = only.from;
        value = block.definitions.get(variable);
      } else value = this.addParam(block, variable);
    }
    for (const each of passed) each.definitions.set(variable, value);
    return value;
  }

  private addParam(block: DraftBlock, variable: number): Value {
    const param = this.newValue();
    const position = block.params.push(param) - 1;
    if (block.sealed) this.unfilled.push({ block, variable, position });
    else block.pending.push([variable, param, position]);
    return param;
  }

  /** Locals that are no parameters begin as 0. */
  private zeroValue(): Value {
    if (this.zero === null) {
      this.zero = this.newValue();
      const operation = { op: "const", value: 0 } as const;
      this.blocks[0]?.instructions.unshift({ operation, results: [this.zero], wasmOffset: -1 });
    }
    return this.zero;
  }

  /** The blocks begun, in that order, their edges by place. */
  finish(): Block[] {
    return this.blocks.map(({ params, instructions, terminator, loopDepth, start }) => {
      if (!terminator) throw new Error("a block has no end");
      return { params, instructions, terminator: finishTerminator(terminator), loopDepth, start };
    });
  }
}

function finishTerminator(terminator: DraftTerminator): Terminator {
  const { wasmOffset } = terminator;
  switch (terminator.kind) {
    case "jump":
      return { kind: "jump", edge: finishEdge(terminator.edge), wasmOffset };
    case "branch": {
      const { test, then, otherwise } = terminator;
      return {
        kind: "branch",
        test,
        then: finishEdge(then),
        otherwise: finishEdge(otherwise),
        wasmOffset,
      };
    }
    case "switch":
      return {
        kind: "switch",
        value: terminator.value,
        edges: terminator.edges.map(finishEdge),
        wasmOffset,
      };
    default:
      return terminator;
  }
}

function finishEdge({ target, args }: DraftEdge): Edge {
  return { target: target.position, args };
}
