import { row, type Row } from "./row.js";

const packages = new Set(["thimble", "thimble/needs", "thimble/drivers"]);

/** Imports and exports that lead nowhere. */
export const refusedModules: readonly Row[] = [
  row(
    "import-type",
    ["import", "export"],
    "`type` cannot be used in an import or export",
    "Leave the word `type` out",
    (node) => node.typeOnly,
  ),
  row(
    "import-equals",
    ["import"],
    "This form of import cannot be used here",
    'Write `import { name } from "./file"`',
    (node) => (node.equals ? node : undefined),
  ),
  row(
    "import-json",
    ["import"],
    "A JSON file cannot be imported",
    "Declare values that change under `settings` in thimble.json, or write them as constants",
    (node) => (node.from?.text.endsWith(".json") === true ? node.from : undefined),
  ),
  row("import-suffix", ["import"], "The path of an import has no `.js` here", "", (node) => {
    const path = node.from?.text ?? "";
    return /^\.\.?\/.*\.[cm]?js$/.test(path)
      ? {
          start: node.from!.start,
          end: node.from!.end,
          hint: `Write "${path.replace(/\.[cm]?js$/, "")}"`,
        }
      : undefined;
  }),
  row(
    "import-package",
    ["import"],
    "",
    'An app can import "thimble", "thimble/needs", "thimble/drivers" and files by relative path, such as "./filter"',
    (node) => {
      const path = node.from?.text ?? "";
      if (
        node.from === undefined ||
        packages.has(path) ||
        /^\.\.?\//.test(path) ||
        path.endsWith(".json")
      )
        return undefined;
      return {
        start: node.from.start,
        end: node.from.end,
        message: `The package "${path}" cannot be imported: npm libraries do not run in a container`,
      };
    },
  ),
  row(
    "dynamic-import",
    ["dynamic-import"],
    "`import(...)` cannot be used in an expression",
    'Import at the top of the file: `import { name } from "./file"`',
    (node) => ({ start: node.start, end: node.start + "import".length }),
  ),
];
