import {
  childrenOf,
  type Block,
  type ClassNode,
  type Enum,
  type FunctionNode,
  type Node,
  type TypeAlias,
} from "./nodes.js";
import { resolveScopes, type Scopes } from "./scopes.js";
import { Source } from "./source.js";

/** The types a file declares, by name; a name declared twice is in none of them. */
export interface DeclaredTypes {
  readonly classes: ReadonlyMap<string, ClassNode>;
  readonly enums: ReadonlyMap<string, Enum>;
  readonly aliases: ReadonlyMap<string, TypeAlias>;
}

/** One parsed file and what is known about it. */
export interface Unit {
  readonly source: Source;
  readonly module: Block;
  readonly scopes: Scopes;
  /** Every node below the module, parents before children. */
  readonly nodes: readonly Node[];
  readonly parents: ReadonlyMap<Node, Node>;
  readonly declared: DeclaredTypes;
}

export function createUnit(source: Source, module: Block): Unit {
  const nodes: Node[] = [];
  const parents = new Map<Node, Node>();
  const visit = (node: Node): void => {
    nodes.push(node);
    for (const child of childrenOf(node)) {
      // A shorthand property or an exported name can stand in two fields of one node.
      if (parents.has(child)) continue;
      parents.set(child, node);
      visit(child);
    }
  };
  visit(module);
  return {
    source,
    module,
    scopes: resolveScopes(module),
    nodes,
    parents,
    declared: declaredTypes(nodes),
  };
}

function declaredTypes(nodes: readonly Node[]): DeclaredTypes {
  const classes = new Map<string, ClassNode>();
  const enums = new Map<string, Enum>();
  const aliases = new Map<string, TypeAlias>();
  const seen = new Set<string>();
  const add = <T>(map: Map<string, T>, name: string, node: T): void => {
    if (seen.has(name)) for (const other of [classes, enums, aliases]) other.delete(name);
    else map.set(name, node);
    seen.add(name);
  };
  for (const node of nodes) {
    if (node.kind === "class" && node.name !== undefined) add(classes, node.name.text, node);
    else if (node.kind === "enum") add(enums, node.name.text, node);
    else if (node.kind === "type-alias") add(aliases, node.name.text, node);
  }
  return { classes, enums, aliases };
}

/** The nearest ancestor that fits. */
export function ancestor<T extends Node>(
  unit: Unit,
  node: Node,
  fits: (node: Node) => node is T,
): T | undefined {
  for (let at = unit.parents.get(node); at !== undefined; at = unit.parents.get(at))
    if (fits(at)) return at;
  return undefined;
}

export function isFunction(node: Node): node is FunctionNode {
  return node.kind === "function";
}

export function isClass(node: Node): node is ClassNode {
  return node.kind === "class";
}

/** The parent that is not a parenthesis around the node. */
export function outer(unit: Unit, node: Node): Node | undefined {
  let at = unit.parents.get(node);
  while (at?.kind === "parenthesized") at = unit.parents.get(at);
  return at;
}
