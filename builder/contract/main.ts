// npm run contract: writes the bindings of sdk/wit/thimble.wit. With --check it writes nothing and exits 1
// where a file is not current.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate, witPath } from "./generate.js";

/** The folder of package.json, however deep the compiled file lies under it. */
function findRoot(start: string): string {
  return existsSync(join(start, "package.json")) ? start : findRoot(dirname(start));
}

const root = findRoot(dirname(fileURLToPath(import.meta.url)));
const isCheck = process.argv.includes("--check");
const { files, diagnostics } = generate(readFileSync(join(root, witPath), "utf8"));
for (const { file, line, column, message, hint } of diagnostics) {
  process.stderr.write(`${file}:${line}:${column} ${message}\n  ${hint}\n`);
  process.exitCode = 1;
}
for (const [path, text] of files) {
  const target = join(root, path);
  const isCurrent = existsSync(target) && readFileSync(target, "utf8") === text;
  if (isCheck && !isCurrent) {
    process.stderr.write(`${path} is not current: run \`npm run contract\`.\n`);
    process.exitCode = 1;
  } else if (!isCurrent) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    process.stdout.write(`${path} written\n`);
  }
}
