import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { Types } from "./inference.js";
import { parse } from "./parse.js";
import { refused, rowsByKind } from "./refused.js";
import type { Context, Row } from "./row.js";
import { silent } from "./silent.js";
import { Source } from "./source.js";
import { tokenize, type Unfinished } from "./tokens.js";
import { createUnit } from "./unit.js";

const refusedByKind = rowsByKind(refused);
const silentByKind = rowsByKind(silent);

/**
 * Checks one file of an app before it is compiled.
 *
 * Errors are constructs of TypeScript that AssemblyScript refuses or that mean something else there, each at its exact
 * place with what to write instead; warnings are places where the program compiles and acts differently from
 * JavaScript. Ordered by place; `file` is repeated in each. A file with unclosed brackets, strings or templates gives
 * one error about that and nothing else. Plain syntax errors are left to the compiler. Never throws; time is linear
 * in the length of `source`.
 */
export function checkLanguage(source: string, file: string): Diagnostic[] {
  const place = new Source(source, file);
  const { list, unfinished } = tokenize(source);
  if (unfinished !== undefined) return [reportUnfinished(place, unfinished)];
  const unit = createUnit(place, parse(list));
  const context: Context = { unit, types: new Types(unit) };
  const found = [
    ...apply(refusedByKind, "error", context),
    ...apply(silentByKind, "warning", context),
  ];
  return found.sort((a, b) => a.line! - b.line! || a.column! - b.column!);
}

function apply(
  rows: ReadonlyMap<string, readonly Row[]>,
  severity: Diagnostic["severity"],
  context: Context,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const node of context.unit.nodes) {
    for (const row of rows.get(node.kind) ?? []) {
      const found = row.find(node, context);
      if (found === undefined) continue;
      diagnostics.push(
        context.unit.source.report(
          severity,
          `language-${row.code}`,
          found.start,
          found.end,
          found.message ?? row.message,
          found.hint ?? row.hint,
        ),
      );
    }
  }
  return diagnostics;
}

function reportUnfinished(place: Source, { what, start, end, text }: Unfinished): Diagnostic {
  const [message, hint] = {
    string: [
      "This text is never closed",
      `Close it with ${text} on the same line; for several lines use a template in back quotes`,
    ],
    template: [
      "This template is never closed",
      text === "`" ? "Close it with a back quote" : "Close the `${` with a `}`",
    ],
    comment: ["This comment is never closed", "Close it with `*/`"],
    regexp: [
      "Regular expressions cannot be used here, and this one is never closed",
      "Use `indexOf`, `startsWith`, `includes` or a loop over the characters",
    ],
    bracket: [
      `This \`${text}\` is never closed`,
      `Close it with \`${{ "(": ")", "[": "]", "{": "}" }[text] ?? ""}\``,
    ],
    closing: [`This \`${text}\` closes nothing`, "Delete it, or open it before"],
  }[what] as [string, string];
  return place.report("error", "language-unfinished", start, end, message, hint);
}
