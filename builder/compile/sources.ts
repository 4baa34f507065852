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
  for (let wanted = open.shift(); wanted !== undefined; wanted = open.shift()) {
    // A folder stands for the index.ts in it.
    const path = [wanted, wanted.replace(/\.ts$/, "/index.ts")].find(
      (candidate) => readFile(candidate) !== undefined,
    );
    const text = path === undefined ? undefined : readFile(path);
    if (path === undefined || text === undefined || sources.has(path)) continue;
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

/** Where an app declares this import itself, so that a finding about it can point there. */
export function findDeclaration(
  sources: ReadonlyMap<string, string>,
  { module, name }: { readonly module: string; readonly name: string },
): Pick<Diagnostic, "file" | "line" | "column" | "length"> {
  for (const [file, text] of sources) {
    for (const match of text.matchAll(declaration)) {
      const [whole, external = "", declared = ""] = match;
      const names = [...external.matchAll(/["']([^"']*)["']/g)].map(([, literal]) => literal ?? "");
      // Without the decorator the module is called like the file, and with one argument only the function is renamed.
      const [own = file.replace(/\.ts$/, ""), field = declared] =
        names.length === 1 ? [undefined, names[0]] : names;
      if (own !== module || field !== name) continue;
      const at = match.index + whole.length - declared.length;
      const before = text.slice(0, at);
      return {
        file,
        line: before.split("\n").length,
        column: at - before.lastIndexOf("\n"),
        length: declared.length,
      };
    }
  }
  return {};
}

const declaration = /(?:@external\(([^)]*)\)\s*)?(?:export\s+)?declare\s+function\s+([\w$]+)/g;
