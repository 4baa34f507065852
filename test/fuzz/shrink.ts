import { Broken, encodeProgram } from "./encode.js";
import { constant, node, type Node, type Program, type ProgramFunction } from "./program.js";

/** Of a program whose fault stays the smallest that is found, trying at most so many. */
export function shrink(
  program: Program,
  hasFault: (program: Program) => boolean,
  attempts = 2000,
): Program {
  let best = program;
  let left = attempts;
  const accept = (candidate: Program): boolean => {
    if (left <= 0 || !isValid(candidate)) return false;
    left--;
    if (!hasFault(candidate)) return false;
    best = candidate;
    return true;
  };
  for (let isSmaller = true; isSmaller && left > 0;) {
    isSmaller = false;
    for (const step of [fewerCalls, smallerFunctions, smallerNodes, fewerThings])
      // The candidates of a step are made anew from each smaller program.
      for (let found = true; found && left > 0;) {
        found = false;
        for (const candidate of step(best)) {
          if (!accept(candidate)) continue;
          found = true;
          isSmaller = true;
          break;
        }
      }
  }
  return best;
}

function isValid(program: Program): boolean {
  try {
    return WebAssembly.validate(encodeProgram(program).wasm);
  } catch (error) {
    if (error instanceof Broken) return false;
    throw error;
  }
}

function* fewerCalls(program: Program): Generator<Program> {
  const { calls } = program;
  for (let k = calls.length - 1; k >= 0 && calls.length > 1; k--)
    yield { ...program, calls: calls.toSpliced(k, 1) };
  for (const [k, call] of calls.entries())
    for (const [n, bits] of call.args.entries()) {
      if (bits === 0n) continue;
      const smaller = { ...call, args: call.args.with(n, 0n) };
      yield { ...program, calls: calls.with(k, smaller) };
    }
}

/** Functions that only return zeros. */
function* smallerFunctions(program: Program): Generator<Program> {
  for (const [k, fn] of program.functions.entries()) {
    const body = fn.results.map((type) => constant(type, 0n));
    if (nodesIn(fn.body) > nodesIn(body)) yield withFunction(program, k, { ...fn, body });
  }
}

function* fewerThings(program: Program): Generator<Program> {
  if (program.data.length > 0) yield { ...program, data: [] };
  for (const [k, entry] of program.table.entries())
    if (entry !== null) yield { ...program, table: program.table.with(k, null) };
  for (const [k, fn] of program.functions.entries())
    if (fn.locals.length > 0)
      yield withFunction(program, k, { ...fn, locals: fn.locals.slice(0, -1) });
}

function* smallerNodes(program: Program): Generator<Program> {
  for (const [k, fn] of program.functions.entries())
    for (const body of smallerLists(fn.body)) yield withFunction(program, k, { ...fn, body });
}

function withFunction(program: Program, k: number, fn: ProgramFunction): Program {
  return { ...program, functions: program.functions.with(k, fn) };
}

/** Lists with one statement less, many less first, or one node smaller. */
function* smallerLists(list: readonly Node[]): Generator<readonly Node[]> {
  for (let size = list.length; size >= 1; size >>= 1)
    for (let at = 0; at + size <= list.length; at += size) {
      const cut = list.slice(at, at + size);
      if (cut.every(({ types, op }) => types.length === 0 && op !== "drop"))
        yield list.toSpliced(at, size);
      else if (size === 1 && isDrop(cut[0]!)) yield list.toSpliced(at, size);
    }
  for (const [k, item] of list.entries()) {
    for (const inside of item.bodies ?? [])
      if (item.types.length === 0) yield list.toSpliced(k, 1, ...inside);
    for (const smaller of smallerNode(item)) yield list.with(k, smaller);
  }
}

/** A drop of an operand of its own; one without drops what a block was given. */
function isDrop({ op, args }: Node): boolean {
  return op === "drop" && args.length > 0;
}

function* smallerNode(item: Node): Generator<Node> {
  const [type] = item.types;
  if (item.types.length === 1 && type && !item.op.endsWith(".const")) {
    yield constant(type, 0n);
    yield constant(type, 1n);
    for (const part of descendants(item))
      if (part.types.length === 1 && part.types[0] === type) yield part;
  }
  if (item.op.endsWith(".const")) return void (yield* smallerConstant(item));
  if (item.numbers.length === 2 && item.numbers[1]! > 0)
    yield { ...item, numbers: [item.numbers[0]!, 0] };
  if (item.op === "if" && item.bodies!.length === 2 && item.types.length === 0)
    yield { ...item, bodies: [item.bodies![0]!] };
  if (item.op === "br_table" && item.targets!.length > 1)
    yield { ...item, targets: item.targets!.slice(1) };
  for (const [k, arg] of item.args.entries())
    for (const smaller of smallerNode(arg)) yield { ...item, args: item.args.with(k, smaller) };
  for (const [k, body] of (item.bodies ?? []).entries())
    for (const smaller of smallerLists(body))
      yield { ...item, bodies: item.bodies!.with(k, smaller) };
}

function* smallerConstant(item: Node): Generator<Node> {
  const [type] = item.types;
  const [value] = item.numbers;
  if (value !== undefined && value !== 0)
    for (const less of new Set([0, 1, Math.trunc(value / 16)]))
      if (Math.abs(less) < Math.abs(value)) yield node(item.op, item.types, { numbers: [less] });
  if (type && item.wide !== undefined && item.wide !== 0n) yield constant(type, 0n);
}

/** Operands and what is in them; not what is in bodies, which may branch. */
function* descendants({ args, bodies = [] }: Node): Generator<Node> {
  for (const arg of args) {
    yield arg;
    yield* descendants(arg);
  }
  for (const body of bodies) if (body.length > 0) yield body.at(-1)!;
}

function nodesIn(list: readonly Node[]): number {
  return list.reduce(
    (sum, { args, bodies = [] }) =>
      sum + 1 + nodesIn(args) + bodies.reduce((inside, body) => inside + nodesIn(body), 0),
    0,
  );
}
