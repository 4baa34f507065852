/**
 * `npm test`: lint, format check, then every suite. A suite is a folder that holds tests.
 *
 *     npm test                    everything; the type check is the build that npm runs before
 *     npm test -- builder/wasm    the suites below a folder, and nothing else
 *
 * Exits 1 if anything failed. The last line counts the tests.
 */
import { fileURLToPath } from "node:url";
import { root } from "../helpers/root.js";
import { print, seconds } from "./print.js";
import { runSuite } from "./suite.js";
import { listSuites, pruneEmitted } from "./suites.js";
import { runTool, tools } from "./tools.js";

process.exitCode = await main(process.argv[2]);

async function main(filter: string | undefined): Promise<number> {
  const build = { root, emitted: fileURLToPath(new URL("../..", import.meta.url)) };
  pruneEmitted(build);
  const suites = listSuites(build, filter);
  if (suites.length === 0) {
    print(`there are no tests below ${filter}`);
    return 1;
  }
  let passed = 0;
  let failed = filter === undefined ? tools.filter((tool) => !runTool(tool)).length : 0;
  const skipped: string[] = [];
  for (const suite of suites) {
    const tally = await runSuite(suite);
    passed += tally.passed;
    failed += tally.failed;
    skipped.push(...tally.skipped);
  }
  print("");
  for (const name of skipped) print(`skipped: ${name}`);
  // Time starts with this process: the build before it is not in it.
  print(`${seconds(0)} after the build`);
  print(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed === 0 ? 0 : 1;
}
