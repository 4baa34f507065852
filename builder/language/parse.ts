import { Cursor } from "./cursor.js";
import type { Block, Statement } from "./nodes.js";
import { parseStatements } from "./statements.js";
import type { Token } from "./tokens.js";

/** The tree of a file whose brackets are paired. Never throws; what cannot be read is `unparsed`. Time is linear in the tokens. */
export function parse(tokens: readonly Token[]): Block {
  const cursor = new Cursor(tokens);
  const statements: Statement[] = [];
  for (;;) {
    for (const statement of parseStatements(cursor)) statements.push(statement);
    if (cursor.token.kind === "end") break;
    cursor.take();
  }
  return { kind: "block", statements, start: 0, end: cursor.lastEnd };
}
