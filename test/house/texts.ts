import { importsOf, isTest, sources, type Rule, type Tree } from "./tree.js";

const linesMax = 600;

/** Files that may be longer, each a flat table, with the reason. */
const flatTables = new Map<string, string>([
  ["package-lock.json", "written by npm"],
  ["runtime/rig/rig.schema.json", "a schema, printed from rig.schema.ts"],
]);

export const notTooLong: Rule = (tree) =>
  [...tree]
    .filter(([path]) => !flatTables.has(path) && !path.endsWith(".golden.txt"))
    .filter(([path]) => !/\.(csv|md)$/.test(path))
    .map(([path, text]) => [path, text.split("\n").length - 1] as const)
    .filter(([, lines]) => lines > linesMax)
    .map(([path, lines]) => `${path}: ${lines} lines, at most ${linesMax}`);

/** An exported declaration: its name and the line before it. */
function exportsOf(text: string): { name: string; documented: boolean; line: number }[] {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const match =
      /^export (?:declare )?(?:async )?(?:abstract )?(?:function|class|interface|const|type|enum) (\w+)/.exec(
        line,
      );
    if (!match) return [];
    let above = index - 1;
    // AssemblyScript has decorators between the docstring and the declaration.
    while (/^(@|\/\/ @ts-ignore)/.test(lines[above] ?? "")) above--;
    return [{ name: match[1]!, documented: /\*\/\s*$/.test(lines[above] ?? ""), line: index + 1 }];
  });
}

/** Names that files of other rooms import from a file. */
function importedElsewhere(tree: Tree): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const [path, text] of sources(tree)) {
    if (isTest(path)) continue;
    const statements = text.matchAll(
      /(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+"([^"]+)"/g,
    );
    const targets = new Map(importsOf(tree, path).map((item) => [item.specifier, item.target]));
    for (const [, names, specifier] of statements) {
      const target = targets.get(specifier!);
      if (target === undefined || folder(target) === folder(path)) continue;
      const known = used.get(target) ?? new Set<string>();
      used.set(target, known);
      for (const name of names!.split(","))
        known.add(name.trim().replace(/^type\s+|\s+as\s.*$/g, ""));
    }
  }
  return used;
}

const folder = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** What other folders import, and all that apps can, says what it is. */
export const documented: Rule = (tree) => {
  const used = importedElsewhere(tree);
  return sources(tree)
    .filter(([path]) => !isTest(path))
    .flatMap(([path, text]) =>
      exportsOf(text)
        .filter((item) => !item.documented)
        .filter(({ name }) => path.startsWith("sdk/") || used.get(path)?.has(name))
        .map(({ name, line }) => `${path}:${line}: ${name} has no docstring`),
    );
};

/** Places of one machine: home folders of Unix, macOS, Windows, and where this project was written. */
const places = /\/(?:home|Users|work|root)\/[\w.-]+|[A-Z]:\\Users\\|file:\/\/\/[a-z]+\//;

export const noMachinePaths: Rule = (tree) =>
  [...tree].flatMap(([path, text]) =>
    text
      .split("\n")
      .flatMap((line, index) =>
        places.test(line) ? [`${path}:${index + 1}: names a place of one machine`] : [],
      ),
  );

/** Digests depend on line ends. */
export const lineFeeds: Rule = (tree) =>
  [...tree].flatMap(([path, text]) => [
    ...(text.includes("\r") ? [`${path}: has a carriage return`] : []),
    ...(text !== "" && !text.endsWith("\n") ? [`${path}: does not end with a line feed`] : []),
    ...(text.startsWith("\uFEFF") ? [`${path}: starts with a byte order mark`] : []),
  ]);

export const attributes: Rule = (tree) =>
  /^\* text=auto eol=lf$/m.test(tree.get(".gitattributes") ?? "")
    ? []
    : [".gitattributes: does not set LF for all text"];
