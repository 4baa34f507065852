/**
 * `npm run bench`: bytes, ratios and times of what people wait for, and machine code against that of gcc. Ends with 1 where a figure exceeds what it must
 * not; times are held to their limit only with --strict, on a machine that does nothing else.
 *
 *     npm run bench -- --short     fewer rounds, fewer days
 *     npm run bench -- --json      one document
 */
import { cpus } from "node:os";
import { deviceFigures } from "./device/figures.js";
import { selftestLines, selftestTableLines } from "../helpers/selftest.js";
import { compileTimes } from "./native/compile-time.js";
import { measureAll } from "./native/measure.js";
import { nativeTable } from "./native/table.js";
import {
  coldBuild,
  editToRunning,
  editToSwapped,
  emulationSpeed,
  limitFigures,
  simulationSpeed,
  sizes,
  type Figure,
} from "./figures.js";

await main(new Set(process.argv.slice(2)));

async function main(options: ReadonlySet<string>): Promise<void> {
  const short = options.has("--short");
  const cold = await coldBuild();
  const figures = [
    ...(await sizes()),
    ...(await editToRunning(2, short ? 3 : 7)),
    ...(await editToSwapped(2, short ? 3 : 7)),
    cold,
    ...(await simulationSpeed(short ? 30 : undefined)),
    ...(await limitFigures(short ? 5 : 30)),
    ...(await emulationSpeed(short ? 2 : 24)),
    ...(await compileTimes(short)),
    ...(await deviceFigures()),
  ];
  const native = await measureAll();
  const selftest = selftestLines(3).slice(0, selftestTableLines);
  if (options.has("--json")) {
    const machine = { node: process.version, platform: process.platform, cores: cpus().length };
    process.stdout.write(`${JSON.stringify({ machine, figures, selftest, ...native }, null, 2)}\n`);
  } else {
    for (const figure of figures) process.stdout.write(`${line(figure)}\n`);
    process.stdout.write("\nThe self-test (thimble flash --selftest), as a board tells it:\n");
    for (const text of selftest) process.stdout.write(`${text}\n`);
    process.stdout.write(`\n${nativeTable(native)}`);
  }
  const bound = figures.filter(
    ({ unit }) => unit === "B" || unit === "cycles" || options.has("--strict"),
  );
  if (bound.some(({ value, most }) => most !== undefined && value > most)) process.exitCode = 1;
}

function line({ name, value, unit, most }: Figure): string {
  const shown = unit === "x plain" ? value.toFixed(2) : Math.round(value).toLocaleString("en-US");
  const text = `${name.padEnd(28)} ${shown.padStart(10)} ${unit}`;
  if (most === undefined) return text;
  const verdict = value > most ? "  EXCEEDED" : "";
  return `${text}  of at most ${most.toLocaleString("en-US")}${verdict}`;
}
