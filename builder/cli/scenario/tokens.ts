import type { Findings } from "../../../runtime/document/findings.js";
import type { Place } from "../../../runtime/document/node.js";

/**
 * A piece of a line. `text` is what a `string` says without its quotes and escapes; of all others it is as written. `json` stands in
 * braces or brackets, `pattern` between slashes.
 */
export interface Token {
  readonly kind: "word" | "string" | "operator" | "json" | "pattern";
  readonly text: string;
  readonly place: Place;
}

const operator = /^(<=|>=|!=|=|<|>)/;
/** Words end at blanks, and where an operator or a quotation starts. */
const word = /^[^\s"=<>!{}[\]]+/;

/**
 * The tokens of one line, without its comment. A fault is reported, and makes the line undefined.
 *
 * @param start of the line in its file, in UTF-16 code units
 */
export function tokenize(
  text: string,
  line: number,
  start: number,
  findings: Findings,
): Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at]!)) {
      at++;
      continue;
    }
    if (text[at] === "#") break;
    const place = { offset: start + at, line, column: at + 1, length: 1 };
    const token = readToken(text, at, place, findings);
    if (token === undefined) return undefined;
    tokens.push(token);
    at += token.place.length;
  }
  return tokens;
}

function readToken(text: string, at: number, place: Place, findings: Findings): Token | undefined {
  const rest = text.slice(at);
  const first = rest[0]!;
  if (first === '"') return readString(rest, place, findings);
  if (first === "{" || first === "[") return readJson(rest, place, findings);
  if (first === "/") return readPattern(rest, place, findings);
  const kind = operator.test(rest) ? "operator" : "word";
  const found = (operator.exec(rest) ?? word.exec(rest))?.[0];
  if (found !== undefined) return { kind, text: found, place: { ...place, length: found.length } };
  findings.error(
    place,
    "scenario-token",
    `${JSON.stringify(first)} cannot stand here`,
    'Write texts with such characters in double quotes: "a!".',
  );
  return undefined;
}

function readString(rest: string, place: Place, findings: Findings): Token | undefined {
  const end = endOfString(rest, 0);
  const whole = end === undefined ? rest.trimEnd() : rest.slice(0, end);
  const at = { ...place, length: whole.length };
  if (end === undefined) {
    findings.error(
      at,
      "scenario-token",
      "this text has no closing quote",
      'Add " where it ends; a quote inside is written \\".',
    );
    return undefined;
  }
  try {
    return { kind: "string", text: JSON.parse(whole) as string, place: at };
  } catch {
    const hint = "Write \\\\ for a backslash, \\n for a line end and \\t for a tab, as in JSON.";
    findings.error(at, "scenario-token", "this text has an unknown escape", hint);
    return undefined;
  }
}

/** Offset behind the closing quote of a string that starts at `from`. */
function endOfString(text: string, from: number): number | undefined {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return undefined;
}

/** Up to the bracket that closes the first one; what is inside is checked where it is used. */
function readJson(rest: string, place: Place, findings: Findings): Token | undefined {
  let depth = 0;
  for (let at = 0; at < rest.length; at++) {
    const character = rest[at]!;
    if (character === '"') {
      at = (endOfString(rest, at) ?? rest.length) - 1;
      continue;
    }
    if ("{[".includes(character)) depth++;
    if ("}]".includes(character)) depth--;
    if (depth === 0)
      return { kind: "json", text: rest.slice(0, at + 1), place: { ...place, length: at + 1 } };
  }
  findings.error(
    place,
    "scenario-token",
    `this ${rest[0]!} is never closed`,
    `Close it in the same line; a statement is one line.`,
  );
  return undefined;
}

function readPattern(rest: string, place: Place, findings: Findings): Token | undefined {
  const found = /^\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+\/\w*/.exec(rest)?.[0];
  if (found !== undefined)
    return { kind: "pattern", text: found, place: { ...place, length: found.length } };
  findings.error(
    { ...place, length: rest.trimEnd().length },
    "scenario-token",
    "this regular expression has no closing slash",
    'Write /.../, with \\/ for a slash inside. A topic that starts with a slash stands in quotes: "/a".',
  );
  return undefined;
}
