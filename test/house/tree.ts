import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Text files by their path relative to the package, with forward slashes. Rules read nothing else. */
export type Tree = ReadonlyMap<string, string>;

/** Says what is wrong, one line a finding, "path: what"; empty if the tree keeps the rule. */
export type Rule = (tree: Tree) => string[];

const notOurs = /^(node_modules|dist|dist-.*|\.git|\.thimble)$/;
const notText = /\.(bin|uf2|wasm|png|tgz)$/;

/** All text files below a folder that are meant to be in version control. */
export function readTree(folder: string): Tree {
  const files = new Map<string, string>();
  const visit = (path: string): void => {
    const entries = readdirSync(join(folder, path), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = path === "" ? entry.name : `${path}/${entry.name}`;
      if (notOurs.test(entry.name)) continue;
      if (entry.isDirectory()) visit(child);
      else if (entry.isFile() && !notText.test(child))
        files.set(child, readFileSync(join(folder, child), "utf8"));
    }
  };
  if (existsSync(folder)) visit("");
  return files;
}

/** The TypeScript of the package: what is compiled, and what apps are compiled with. */
export function sources(tree: Tree): [path: string, text: string][] {
  return [...tree].filter(([path]) => /^(builder|runtime|sdk|test)\/.*\.ts$/.test(path));
}

export const isTest = (path: string): boolean =>
  path.startsWith("test/") || path.endsWith(".test.ts");

/** One import of a file: as it is written, and the file it means if that is one of ours. */
export interface Import {
  readonly specifier: string;
  readonly target: string | undefined;
  /** `import type`: gone before anything runs. */
  readonly typeOnly: boolean;
}

/** Static and dynamic imports and re-exports of a source file. */
export function importsOf(tree: Tree, path: string): Import[] {
  const text = withoutComments(tree.get(path) ?? "");
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"/g;
  return [...text.matchAll(pattern)].map(([, type, fixed, dynamic]) => {
    const specifier = fixed ?? dynamic ?? "";
    return {
      specifier,
      target: resolveImport(tree, path, specifier),
      typeOnly: type !== undefined,
    };
  });
}

function resolveImport(tree: Tree, path: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const joined = normalize(`${path.slice(0, path.lastIndexOf("/"))}/${specifier}`);
  const candidates = [joined.replace(/\.js$/, ".ts"), `${joined}.ts`, `${joined}/index.ts`];
  return candidates.find((candidate) => tree.has(candidate)) ?? joined;
}

function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** The text with comments blanked, lines kept. Good enough for code in our style: no `//` in a regular expression. */
export function withoutComments(text: string): string {
  const pattern = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\*[^]*?\*\/|\/\/.*/g;
  return text.replace(pattern, (match) =>
    match.startsWith("/") ? match.replace(/[^\n]/g, " ") : match,
  );
}

/** The same with the insides of plain strings and templates blanked. */
export function codeOnly(text: string): string {
  return withoutComments(text).replace(
    /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g,
    (match) => match.replace(/[^\n]/g, " "),
  );
}
