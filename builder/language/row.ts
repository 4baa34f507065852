import type { Types } from "./inference.js";
import type { Node } from "./nodes.js";
import type { Unit } from "./unit.js";

/** Where a construct stands, and words that fit this occurrence better than those of its row. */
export interface Found {
  readonly start: number;
  readonly end: number;
  readonly message?: string;
  readonly hint?: string;
}

/** What a row may look at. */
export interface Context {
  readonly unit: Unit;
  readonly types: Types;
}

/** One kind of finding: looked for at every node of its kinds. */
export interface Row {
  /** Without the prefix `language-`. */
  readonly code: string;
  readonly kinds: readonly Node["kind"][];
  readonly message: string;
  readonly hint: string;
  find(node: Node, context: Context): Found | undefined;
}

type Of<K extends Node["kind"]> = Extract<Node, { kind: K }>;

/** A row of a table; `find` gets nodes of the given kinds only. */
export function row<K extends Node["kind"]>(
  code: string,
  kinds: readonly K[],
  message: string,
  hint: string,
  find: (node: Of<K>, context: Context) => Found | undefined,
): Row {
  return { code, kinds, message, hint, find: (node, context) => find(node as Of<K>, context) };
}

/** The whole node, if it is one. */
export function whole(node: Node, is: boolean): Found | undefined {
  return is ? { start: node.start, end: node.end } : undefined;
}

/** `length` code units from an offset on, if there is one. */
export function from(start: number | undefined, length: number): Found | undefined {
  return start === undefined ? undefined : { start, end: start + length };
}
