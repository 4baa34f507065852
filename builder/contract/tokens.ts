import { DiagnosticError } from "../../runtime/document/diagnostic.js";

/** A place in a WIT file: 1-based line and column, and how many UTF-16 code units it covers. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** One line of a documentation comment, without `///` and the blank after it. */
export interface DocLine extends Place {
  readonly text: string;
}

/** `text` is "" at the end of the file. */
export interface Token extends Place {
  /** A number stands in no construct of the subset, but in one that is refused by name. */
  readonly kind: "name" | "number" | "punctuation" | "version" | "end";
  readonly text: string;
  /** The documentation comment directly before this token. */
  readonly docs: readonly DocLine[];
}

const blankPattern = /[ \t]+|\/\/(?!\/).*/y;
const docPattern = /\/\/\/ ?(.*)/y;
const versionPattern = /@\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?/y;
const namePattern = /[a-z][a-z0-9]*(?:-[a-z0-9]+)*/y;
const numberPattern = /\d+/y;
const punctuationPattern = /->|[{}()<>,;:.=_]/y;

/** Throws a DiagnosticError about one place of a file. */
export function refuse(file: string, place: Place, message: string, hint: string): never {
  throw new DiagnosticError([
    { severity: "error", code: "contract-wit", message, file, ...placeOf(place), hint },
  ]);
}

/** Only the place of something that has one. */
export function placeOf(place: Place): Place {
  return { line: place.line, column: place.column, length: place.length };
}

/** Splits WIT text into tokens. Throws DiagnosticError at the first character that starts none. */
export function readTokens(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  let docs: DocLine[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    let at = 0;
    const take = (pattern: RegExp): RegExpExecArray | null => {
      pattern.lastIndex = at;
      return pattern.exec(line);
    };
    while (at < line.length) {
      const place = (length: number): Place => ({ line: index + 1, column: at + 1, length });
      const blank = take(blankPattern);
      const doc = blank ? null : take(docPattern);
      if (blank) {
        at += blank[0].length;
      } else if (doc) {
        docs.push({ text: doc[1]!.trimEnd(), ...place(doc[0].length) });
        at += doc[0].length;
      } else {
        const token = readToken(take) ?? refuseCharacter(file, place(1), line.slice(at));
        tokens.push({ ...token, ...place(token.text.length), docs });
        docs = [];
        at += token.text.length;
      }
    }
  }
  const end = { line: lines.length, column: (lines.at(-1) ?? "").length + 1, length: 0 };
  tokens.push({ kind: "end", text: "", ...end, docs });
  return tokens;
}

function readToken(
  take: (pattern: RegExp) => RegExpExecArray | null,
): Pick<Token, "kind" | "text"> | undefined {
  const version = take(versionPattern);
  if (version) return { kind: "version", text: version[0] };
  const name = take(namePattern);
  if (name) return { kind: "name", text: name[0] };
  const number = take(numberPattern);
  if (number) return { kind: "number", text: number[0] };
  const punctuation = take(punctuationPattern);
  return punctuation ? { kind: "punctuation", text: punctuation[0] } : undefined;
}

function refuseCharacter(file: string, place: Place, rest: string): never {
  if (rest.startsWith("/*")) {
    refuse(
      file,
      place,
      "block comments are not part of the WIT subset",
      "Write `//` or, for documentation, `///` on each line.",
    );
  }
  if (rest.startsWith("@")) {
    const gate = /^@[a-z-]*/.exec(rest)![0];
    refuse(
      file,
      { ...place, length: gate.length },
      `the gate \`${gate}\` is not part of the WIT subset`,
      "Say it in the documentation comment.",
    );
  }
  if (rest.startsWith("%")) {
    refuse(
      file,
      place,
      "names escaped with `%` are not part of the WIT subset",
      "Choose a name that is no keyword of WIT.",
    );
  }
  if (/^[A-Z]/.test(rest)) {
    refuse(
      file,
      place,
      "names are kebab-case in lower case",
      "Write `read-registers`, not `readRegisters`.",
    );
  }
  refuse(file, place, `unexpected character \`${rest[0]}\``, "Remove it.");
}
