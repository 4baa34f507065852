import type { TrapCode } from "./contract.js";

/** A place in a container's code. */
export interface Frame {
  /** Index of the function in the module. */
  readonly function: number;
  /** Byte offset in the module, absent where the engine does not tell it. */
  readonly offset?: number;
}

/** How a container ended. */
export interface Trap {
  readonly code: TrapCode;
  /** Byte offset in the module of the innermost frame, if the engine tells it. */
  readonly offset?: number;
  /** Innermost first; empty where the engine does not tell them. */
  readonly frames: readonly Frame[];
  /** Virtual microseconds since the device started. */
  readonly timeUs: number;
}

/** Leaves a container whose host call the core has refused. Thrown in a frame that the container called. */
export class ContainerTrap extends Error {
  constructor(readonly trap: number) {
    super("the container has ended");
    this.name = "ContainerTrap";
  }
}

/**
 * What engines say, in lower case, and what it means: first match. V8 (Node, Chrome), SpiderMonkey (Firefox) and
 * JavaScriptCore (Safari). Two cannot be told apart: V8 has one message for all conversions that fail, which is taken
 * for an overflow, and SpiderMonkey one for all indices, which is taken for that of a memory access.
 */
const messages: readonly (readonly [part: string, code: TrapCode])[] = [
  ["call stack", "stack-overflow"],
  ["stack overflow", "stack-overflow"],
  ["too much recursion", "stack-overflow"],
  ["unreachable", "unreachable"],
  ["table index", "bad-indirect-call"],
  ["indirect call", "bad-indirect-call"],
  ["call_indirect", "bad-indirect-call"],
  ["signature mismatch", "bad-indirect-call"],
  ["table access", "bad-indirect-call"],
  ["out of bounds trunc", "integer-overflow"],
  ["memory", "memory-bounds"],
  ["index out of bounds", "memory-bounds"],
  ["by zero", "divide-by-zero"],
  ["invalid conversion", "invalid-conversion"],
  ["unrepresentable", "integer-overflow"],
  ["integer overflow", "integer-overflow"],
];

/** The code of an error that came out of a container. */
export function trapOfError(error: unknown): TrapCode {
  if (!(error instanceof Error)) return "unreachable";
  const message = error.message.toLowerCase();
  const code = messages.find(([part]) => message.includes(part))?.[1];
  if (code !== undefined) return code;
  if (error instanceof RangeError) return "stack-overflow";
  // The engine could not convert an argument or a result: the module declares an import with other types.
  if (error instanceof TypeError) return "unknown-call";
  return "unreachable";
}

/** The WebAssembly frames nearest to where the error was made, up to the first call from JavaScript. */
export function framesOfError(error: unknown): readonly Frame[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames: Frame[] = [];
  for (const line of stack.split("\n")) {
    const found = /wasm-function\[(\d+)\](?::0x([0-9a-f]+))?/.exec(line);
    if (found) frames.push(frameOf(found));
    else if (frames.length > 0) break;
  }
  return frames;
}

function frameOf([, index, offset]: RegExpExecArray): Frame {
  const place = { function: Number(index) };
  return offset === undefined ? place : { ...place, offset: Number.parseInt(offset, 16) };
}
