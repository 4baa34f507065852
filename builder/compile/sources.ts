import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { checkLanguage } from "../language/check.js";
import { resolveFrom } from "./sdk.js";

const relativeImport = /\b(?:from|import)\s*["'](\.{1,2}\/[^"']+)["']/g;

/** The app's main file and what it imports by relative path, in that order. A file that is missing is left to the compiler to report. */
export function readSources(
  main: string,
  readFile: (path: string) => string | undefined,
): Map<string, string> {
  const sources = new Map<string, string>();
  const open = [main];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    if (sources.has(path)) continue;
    const text = readFile(path);
    if (text === undefined) continue;
    sources.set(path, text);
    for (const [, target = ""] of text.matchAll(relativeImport))
      open.push(resolveFrom(path, target.replace(/\.ts$/, "")));
  }
  return sources;
}

/** The language check of all of an app's files. */
export function checkSources(sources: ReadonlyMap<string, string>): Diagnostic[] {
  return [...sources].flatMap(([file, text]) => checkLanguage(text, file));
}

/** Where an app declares a host function of this name itself, so that a finding about the import can point there. */
export function findDeclaration(
  sources: ReadonlyMap<string, string>,
  name: string,
): Pick<Diagnostic, "file" | "line" | "column" | "length"> {
  const pattern = new RegExp(`declare\\s+function\\s+(${name.replace(/[^\w$]/g, "")})\\b`);
  for (const [file, text] of sources) {
    const match = pattern.exec(text);
    if (!match) continue;
    const at = match.index + match[0].length - name.length;
    const before = text.slice(0, at);
    return {
      file,
      line: before.split("\n").length,
      column: at - before.lastIndexOf("\n"),
      length: name.length,
    };
  }
  return {};
}
