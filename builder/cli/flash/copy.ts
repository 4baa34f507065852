import { join } from "node:path";
import { exitCodes, Failure, fileFailure } from "../failure.js";
import type { Host } from "../host.js";
import { readVolume, type Volume } from "./volume.js";

/** How long a board may take to write what it was given and restart. */
const restartMs = 15_000;
const pollMs = 100;

const fileName = "thimble.uf2";

/**
 * Copies a UF2 file to a board in boot mode. The board restarts by itself when it has every block, and its drive goes away: that is how it says
 * that all has arrived, and it may do so before the system has closed the file. Throws a Failure where it stays.
 */
export async function copyToVolume(host: Host, volume: Volume, uf2: Uint8Array): Promise<void> {
  const file = join(volume.path, fileName);
  try {
    host.disk.write(file, uf2);
  } catch (error) {
    if (await isGone(host, volume, pollMs)) return;
    remove(host, file);
    throw fileFailure("write", file, error);
  }
  if (await isGone(host, volume, restartMs)) return;
  const arrived = sizeOf(host, file);
  remove(host, file);
  const what =
    arrived === uf2.length
      ? "it has the whole file but did not restart"
      : `${arrived} of ${uf2.length} bytes have arrived`;
  throw new Failure(exitCodes.environment, [
    {
      severity: "error",
      code: "not-taken",
      message: `the board has not taken the file: ${what}`,
      file: volume.path,
      hint: "Unplug it, hold BOOTSEL while you plug it in again, and repeat the command.",
    },
  ]);
}

/** Whether the drive goes away within `ms`. */
async function isGone(host: Host, { path, board }: Volume, ms: number): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    if (readVolume(host, path)?.board !== board) return true;
    if (waitedMs >= ms) return false;
    await host.wait(pollMs);
  }
}

function sizeOf(host: Host, file: string): number {
  try {
    return host.disk.read(file)?.length ?? 0;
  } catch {
    return 0;
  }
}

/** A file that the board did not take would be in the way of the next one. */
function remove(host: Host, file: string): void {
  try {
    if (host.disk.exists(file)) host.disk.removeFile(file);
  } catch {
    // The drive will be gone with the board.
  }
}
