import type { Instruction, Module } from "./module.js";
import { opcode } from "./opcodes.js";

/** Name of the exported global that `meter` adds: how many instructions may still run. Whoever calls into the module sets it. */
export const budgetExport = "budget";

/** A block without parameters and results (Core Specification, section 5.3.5). */
const emptyBlock = -64;

/**
 * Lets a module count what it executes: a global, `budget`, goes down by the instructions of each function that is entered and of each
 * turn of a loop, both branches of a condition included; below zero the module traps as `unreachable`. The added instructions have
 * offset -1, so `encode` tells where the others went.
 */
export function meter(module: Module): Module {
  const imported = module.imports.filter(({ kind }) => kind === "global").length;
  const budget = imported + module.globals.length;
  return {
    ...module,
    globals: [
      ...module.globals,
      { type: "i32", mutable: true, init: [make("i32.const", 0x7fffffff), make("end")] },
    ],
    exports: [...module.exports, { name: budgetExport, kind: "global", index: budget }],
    code: module.code.map((body) => ({ ...body, code: meterCode(body.code, budget) })),
  };
}

function meterCode(code: readonly Instruction[], budget: number): Instruction[] {
  const costs = loopCosts(code);
  return [
    ...charge(costs.get(-1)!, budget),
    ...code.flatMap((instruction, index) =>
      instruction.opcode.name === "loop"
        ? [instruction, ...charge(costs.get(index)!, budget)]
        : [instruction],
    ),
  ];
}

/** Instructions of the function, under -1, and of each loop, under the index of its start, without those of loops inside. */
function loopCosts(code: readonly Instruction[]): Map<number, number> {
  const costs = new Map([[-1, 0]]);
  /** For each open block the loop, or the function, that its instructions count to. */
  const owners = [-1];
  code.forEach(({ opcode: { name } }, index) => {
    const owner = owners.at(-1) ?? -1;
    costs.set(owner, costs.get(owner)! + 1);
    if (name === "loop") costs.set(index, 0);
    if (name === "loop") owners.push(index);
    else if (name === "block" || name === "if") owners.push(owner);
    else if (name === "end") owners.pop();
  });
  return costs;
}

/** Takes `cost` from the budget, and traps if it was not there. */
function charge(cost: number, budget: number): Instruction[] {
  return [
    make("global.get", budget),
    // A loop that holds nothing would be free, and endless.
    make("i32.const", Math.max(1, cost)),
    make("i32.sub"),
    make("global.set", budget),
    make("global.get", budget),
    make("i32.const", 0),
    make("i32.lt_s"),
    make("if", emptyBlock),
    make("unreachable"),
    make("end"),
  ];
}

function make(name: string, ...immediates: number[]): Instruction {
  return { opcode: opcode(name), offset: -1, immediates };
}
