import type {
  CallTarget,
  Edge,
  Instruction,
  IrFunction,
  Operation,
  Terminator,
  Test,
} from "./ir.js";

/** A function as text, a line an instruction: `v3 = add v1 v2`. */
export function printFunction({ name, blocks }: IrFunction): string {
  const lines = blocks.flatMap(({ params, instructions, terminator, loopDepth }, id) => [
    `b${id}(${values(params)})${" loop".repeat(loopDepth)}`,
    ...instructions.map((instruction) => `  ${printInstruction(instruction)}`),
    `  ${printTerminator(terminator)}`,
  ]);
  return [name, ...lines].join("\n");
}

function values(list: readonly number[]): string {
  return list.map((value) => `v${value}`).join(" ");
}

function printInstruction({ operation, results }: Instruction): string {
  const text = printOperation(operation);
  return results.length > 0 ? `${values(results)} = ${text}` : text;
}

function printOperation(operation: Operation): string {
  switch (operation.op) {
    case "const":
      return `const ${operation.value}`;
    case "memoryBase":
    case "instanceBase":
    case "codeBase":
    case "tableBase":
      return operation.op;
    case "test":
      return `test ${printTest(operation.test)}`;
    case "trapIf":
      return `trapIf ${printTest(operation.test)} ${operation.trap}`;
    case "select":
      return `select ${printTest(operation.test)} ${values([operation.then, operation.otherwise])}`;
    case "test64":
      return `test64 ${operation.condition} ${values(operation.args)}`;
    case "add64":
    case "sub64":
      return `${operation.op} ${values(operation.args)}`;
    case "call":
      return `call ${printTarget(operation.target)} ${values(operation.args)}`.trimEnd();
    case "extend8_s":
    case "extend16_s":
      return `${operation.op} v${operation.a}`;
    case "store8":
    case "store16":
    case "store32":
      return `${operation.op} ${operation.kind} v${operation.address}+${operation.offset} v${operation.value}`;
    default:
      return "address" in operation
        ? `${operation.op} ${operation.kind} v${operation.address}+${operation.offset}`
        : `${operation.op} v${operation.a} v${operation.b}`;
  }
}

function printTest({ condition, a, b }: Test): string {
  return `v${a} ${condition} v${b}`;
}

function printTarget(target: CallTarget): string {
  if (target.kind === "address") return "address";
  return target.kind === "helper" ? target.name : `${target.kind} ${target.index}`;
}

function printEdge({ target, args }: Edge): string {
  return `b${target}(${values(args)})`;
}

function printTerminator(terminator: Terminator): string {
  switch (terminator.kind) {
    case "jump":
      return `jump ${printEdge(terminator.edge)}`;
    case "branch":
      return `branch ${printTest(terminator.test)} ${printEdge(terminator.then)} else ${printEdge(terminator.otherwise)}`;
    case "switch":
      return `switch v${terminator.value} ${terminator.edges.map(printEdge).join(" ")}`;
    case "return":
      return `return ${values(terminator.values)}`.trimEnd();
    case "trap":
      return `trap ${terminator.trap}`;
  }
}
