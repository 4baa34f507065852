import type { Node } from "./nodes.js";
import { refusedModules } from "./refused-modules.js";
import { refusedNames } from "./refused-names.js";
import { refusedCaptures, refusedSyntax } from "./refused-syntax.js";
import { refusedDeclarations, refusedLiterals, refusedTypes } from "./refused-types.js";
import type { Row } from "./row.js";

/** Everything the language check refuses, one row for each construct. What the compiler compiles as TypeScript means it is in no row. */
export const refused: readonly Row[] = [
  ...refusedSyntax,
  ...refusedCaptures,
  ...refusedTypes,
  ...refusedDeclarations,
  ...refusedLiterals,
  ...refusedNames,
  ...refusedModules,
];

/** Rows by the kind of node they look at. */
export function rowsByKind(rows: readonly Row[]): ReadonlyMap<Node["kind"], readonly Row[]> {
  const map = new Map<Node["kind"], Row[]>();
  for (const row of rows) {
    for (const kind of row.kinds) {
      const list = map.get(kind);
      if (list === undefined) map.set(kind, [row]);
      else list.push(row);
    }
  }
  return map;
}
