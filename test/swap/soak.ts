/**
 * `npm run soak`: the suites of this folder that swap versions at random, for longer than the tests do.
 *
 *     npm run soak -- --swaps 20000 --seed 7      on each device
 *
 * Ends with 1 if a suite fails; the seed that it prints reruns it.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const suites = ["simulator", "pico", "pools"];
/** With fewer not every way to fail comes up, which the suites ask for. */
const leastSwaps = 3000;

main();

function main(): void {
  const { values } = parseArgs({
    options: {
      swaps: { type: "string", default: "20000" },
      seed: { type: "string", default: "1" },
    },
  });
  const { swaps, seed } = values;
  if (![swaps, seed].every((text) => /^[1-9]\d{0,8}$/.test(text)) || Number(swaps) < leastSwaps) {
    process.stderr.write(
      `usage: npm run soak -- [--swaps N] [--seed S], N at least ${leastSwaps}\n`,
    );
    process.exitCode = 2;
    return;
  }
  const files = suites.map((name) => fileURLToPath(new URL(`./${name}.test.js`, import.meta.url)));
  const env = { ...process.env, SWAPS: swaps, PICO_SWAPS: swaps, SEED: seed };
  const { status } = spawnSync(
    process.execPath,
    ["--enable-source-maps", "--test", "--test-reporter", "spec", ...files],
    { env, stdio: "inherit" },
  );
  if (status !== 0) process.exitCode = 1;
}
