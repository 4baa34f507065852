/**
 * Holds the compiler against the JavaScript engine with random modules: results, traps, memory, globals, calls of the host.
 *
 *     npm run fuzz -- --modules 1000 --seed 1      modules of the seeds 1 to 1000
 *     npm run fuzz -- --in checked                 one way only: interpreter, checked or mpu
 *
 * A failure prints its seed and a smaller module that shows it. Ends with 1 if there is one.
 */
import { parseArgs } from "node:util";
import { explain, modes, tryModule } from "./modes.js";

const faultsMax = 5;

main();

function main(): void {
  const { values } = parseArgs({
    options: {
      modules: { type: "string", default: "1000" },
      seed: { type: "string", default: "1" },
      in: { type: "string" },
    },
  });
  const chosen = modes.filter(({ name }) => values.in === undefined || name === values.in);
  const [count, first] = [Number(values.modules), Number(values.seed)];
  if (chosen.length === 0 || !Number.isInteger(count) || !Number.isInteger(first)) {
    process.stderr.write("usage: npm run fuzz -- [--modules N] [--seed S] [--in MODE]\n");
    process.exitCode = 2;
    return;
  }
  let faults = 0;
  for (let seed = first; seed < first + count && faults < faultsMax; seed++) {
    for (const mode of chosen) {
      const fault = tryModule(seed, mode);
      if (!fault) continue;
      faults++;
      process.stdout.write(`${explain(seed, mode, fault)}\n`);
    }
  }
  const ways = chosen.map(({ name }) => name).join(", ");
  process.stdout.write(`${count} modules from seed ${first} on (${ways}): ${faults} faults\n`);
  if (faults > 0) process.exitCode = 1;
}
