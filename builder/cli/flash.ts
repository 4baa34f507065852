import { resolve } from "node:path";
import { budgetOf } from "../image/budget.js";
import { readFigures } from "./budget.js";
import { flashImage, flashUf2 } from "../image/flash.js";
import { readStore } from "../image/store.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { exitCodes, Failure, usageFailure, type ExitCode } from "./failure.js";
import { writeTexts } from "./files/texts.js";
import { firmwareFile } from "./firmware.js";
import { type DeviceApp, loadApps } from "./flash/apps.js";
import { copyToVolume } from "./flash/copy.js";
import { findBoard } from "./flash/board.js";
import { displayPath } from "./paths.js";
import { showBusy } from "./render/busy.js";
import type { Report } from "./report.js";

export interface FlashOptions {
  readonly rig?: string;
  readonly setting?: readonly string[];
  readonly volume?: string;
  readonly port?: string;
  readonly selftest?: boolean;
  readonly dryRun?: boolean;
  readonly output?: string;
}

/** What is to be put on a board. */
interface Load {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly uf2: Uint8Array;
}

/** `thimble flash`: firmware, apps and wiring as one UF2 file, on a board or in a file. */
export async function flashCommand(
  report: Report,
  paths: readonly string[],
  options: FlashOptions,
): Promise<ExitCode> {
  const { host } = report;
  checkOptions(options, paths);
  const load =
    options.selftest === true
      ? { name: "selftest", uf2: firmwareFile(host, "selftest.uf2") }
      : await loadOf(report, paths, options);
  report.data({ uf2Bytes: load.uf2.length });
  if (options.dryRun === true) {
    const file = resolve(host.folder, options.output ?? `${load.name}.uf2`);
    writeTexts(host, new Map([[file, load.uf2]]));
    report.line(`${size(load.uf2.length)} in ${displayPath(host, file)}; nothing was flashed`);
    report.data({ file: displayPath(host, file) });
    return exitCodes.ok;
  }
  const volume = await findBoard(report, options);
  const done = showBusy(host.err, `copying to ${volume.path} ...`);
  await copyToVolume(host, volume, load.uf2).finally(done);
  report.line(`${size(load.uf2.length)} copied to ${volume.path}; the board has restarted with it`);
  report.data({ volume: volume.path });
  return exitCodes.ok;
}

function checkOptions(options: FlashOptions, paths: readonly string[]): void {
  if (options.output !== undefined && options.dryRun !== true)
    throw usageFailure("--output names the file of --dry-run", "Add --dry-run, or leave it out.");
  if (options.volume !== undefined && options.port !== undefined)
    throw usageFailure("--volume and --port are two ways to one board", "Give one of them.");
  if (options.selftest !== true) return;
  if (options.setting !== undefined || options.rig !== undefined || paths[0] !== "." || paths[1])
    throw usageFailure("--selftest takes no apps, wiring or settings", "Leave them out.");
}

async function loadOf(
  report: Report,
  paths: readonly string[],
  options: FlashOptions,
): Promise<Load> {
  const firmware = firmwareFile(report.host, "pico.bin");
  const apps = await loadApps(report, paths, options);
  const budget = budgetOf(
    apps.map(({ container, image }) => ({ manifest: container.manifest, image })),
    readFigures(report.host),
  );
  if (!budget.fits) throw new Failure(exitCodes.input, budget.refusals);
  const flash = flashImage(
    firmware,
    apps.map(({ image }) => image),
  );
  tell(report, flash, apps);
  const names = apps.map(({ image }) => image.name);
  return { name: names.length === 1 ? names[0]! : "thimble", uf2: flashUf2(flash) };
}

/** A line for each app with its place. */
function tell(report: Report, flash: Uint8Array, apps: readonly DeviceApp[]): void {
  const { containers } = readStore(flash.subarray(picoFlash.journal))!;
  const width = Math.max(...apps.map(({ image }) => image.name.length));
  const rows = apps.map(({ image }, index) => {
    const { slot } = containers[index]!;
    const bytes = image.payload.length + image.description.length;
    report.line(
      `${report.style.bold(image.name.padEnd(width))}  ${size(bytes)} at 0x${slot.offset.toString(16).padStart(6, "0")}`,
    );
    return {
      app: image.name,
      offset: slot.offset,
      slotBytes: slot.bytes,
      payloadBytes: image.payload.length,
      descriptionBytes: image.description.length,
    };
  });
  report.data({ apps: rows });
}

function size(bytes: number): string {
  return `${bytes.toLocaleString("en-US")} B`;
}
