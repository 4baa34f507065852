/**
 * Runs files of the WebAssembly test suite, as the tests do, with every exception shown.
 *
 *     npm run conformance                     the files beside the repository
 *     npm run conformance -- FILE...          these, or those in a folder
 *     npm run conformance -- --in engine      another way to run modules: engine, interpreter, machine
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { runScript } from "./run.js";
import { executors } from "../native/executors.js";
import { scriptFiles, suiteFolder } from "./files.js";
import { countsOf, type Counts } from "./counts.js";

main(process.argv.slice(2));

function main(args: readonly string[]): void {
  const at = args.indexOf("--in");
  const name = at < 0 ? "machine" : args[at + 1];
  const executor = executors[name as keyof typeof executors];
  if (!executor) {
    process.stderr.write(`--in takes one of ${Object.keys(executors).join(", ")}\n`);
    process.exitCode = 2;
    return;
  }
  const named = args.filter((_, k) => at < 0 || (k !== at && k !== at + 1));
  const files = (named.length > 0 ? named : [suiteFolder]).flatMap(scriptFiles);
  for (const file of files) {
    const results = runScript(readFileSync(file, "utf8"), executor);
    process.stdout.write(`${basename(file).padEnd(28)} ${row(countsOf(results))}\n`);
    for (const { line, command, verdict, reason } of results)
      if (verdict === "failed" || verdict === "refused")
        process.stdout.write(`  ${file}:${line}: ${command} ${verdict}: ${reason}\n`);
  }
}

function row({ passed, refused, failed, notApplicable }: Counts): string {
  return `${passed} passed, ${failed} failed, ${refused} refused, ${notApplicable} not applicable`;
}
