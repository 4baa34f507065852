import { resolve } from "node:path";
import { listOf } from "../../../runtime/document/words.js";
import { exitCodes, Failure, type ExitCode } from "../failure.js";
import type { Host } from "../host.js";
import { showBusy } from "../render/busy.js";
import type { Report } from "../report.js";
import { findVolumes, pico2Board, picoBoard, readVolume, type Volume } from "./volume.js";

/** How long a board may take to show its drive after it was asked to. */
const bootMs = 15_000;
const pollMs = 200;

const bootselHint =
  "Hold the button BOOTSEL while you plug the board in, until the drive RPI-RP2 appears, and repeat the command. " +
  "A board that runs thimble needs no button: name its serial port with --port. To copy a file yourself, write it with --dry-run.";

/** The drive of the board to be written: the one that was named, that appears behind a port, or that is there. Throws a Failure. */
export async function findBoard(
  report: Report,
  { volume, port }: { readonly volume?: string; readonly port?: string },
): Promise<Volume> {
  const { host } = report;
  if (volume !== undefined) return named(report, volume);
  if (port !== undefined) {
    const done = showBusy(host.err, `waiting for the drive of the board at ${port} ...`);
    return behindPort(host, port).finally(done);
  }
  const found = findVolumes(host);
  if (found.length === 0)
    throw failure("no-board", "there is no board that waits to be written", bootselHint);
  return oneOf(found);
}

/** The drive that appears when the board at a serial port is asked for it. */
async function behindPort(host: Host, port: string): Promise<Volume> {
  const before = new Set(findVolumes(host).map(({ path }) => path));
  await host.restartInBootMode(port);
  for (let waitedMs = 0; waitedMs <= bootMs; waitedMs += pollMs) {
    const fresh = findVolumes(host).filter(({ path }) => !before.has(path));
    if (fresh.length > 0) return oneOf(fresh);
    await host.wait(pollMs);
  }
  throw failure(
    "no-drive",
    `the board at ${port} was asked to show its drive RPI-RP2, and none has appeared`,
    "Where drives do not appear by themselves, mount it and name its folder with --volume.",
  );
}

function named({ host }: Report, folder: string): Volume {
  const path = resolve(host.folder, folder);
  const volume = readVolume(host, path);
  if (volume !== undefined) return checked(volume);
  throw failure(
    "no-board",
    host.disk.exists(path)
      ? `${path} is no drive of a board: it holds no INFO_UF2.TXT`
      : `there is no folder ${path}`,
    bootselHint,
  );
}

function oneOf(found: readonly Volume[]): Volume {
  const picos = found.filter(({ board }) => board === picoBoard);
  if (picos.length > 1)
    throw failure(
      "several-boards",
      `several boards wait to be written: ${listOf(
        picos.map(({ path }) => path),
        "and",
      )}`,
      "Name one of them with --volume.",
      exitCodes.usage,
    );
  return checked(picos[0] ?? found[0]!);
}

/** The drive, if it is one of a Pico. */
function checked(volume: Volume): Volume {
  if (volume.board === picoBoard) return volume;
  const what = volume.board === pico2Board ? "a Pico 2 (RP2350)" : `a board ${volume.board}`;
  throw failure(
    "wrong-board",
    `${volume.path} is ${what}, and thimble runs on the Pico (RP2040)`,
    "Use a Raspberry Pi Pico or Pico W.",
  );
}

function failure(
  code: string,
  message: string,
  hint: string,
  exitCode: ExitCode = exitCodes.environment,
): Failure {
  return new Failure(exitCode, [{ severity: "error", code, message, hint }]);
}
