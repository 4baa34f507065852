import { join } from "node:path";
import type { Host } from "../host.js";

/** A drive that a board in boot mode shows. */
export interface Volume {
  /** Its folder. */
  readonly path: string;
  /** The board as it names itself: `RPI-RP2` a Pico, `RP2350` a Pico 2. */
  readonly board: string;
}

/** How a Pico and a Pico 2 name themselves: RP2040 datasheet, section 2.8.3; RP2350 datasheet, section 5.6. */
export const picoBoard = "RPI-RP2";
export const pico2Board = "RP2350";

const infoFile = "INFO_UF2.TXT";

/** The drives that are there now. Looks where Linux, macOS and Windows show them. */
export function findVolumes(host: Host): Volume[] {
  return candidates(host)
    .map((path) => readVolume(host, path))
    .filter((volume) => volume !== undefined);
}

/** The board behind a folder, undefined where it is no such drive. */
export function readVolume(host: Host, path: string): Volume | undefined {
  try {
    const info = host.disk.read(join(path, infoFile));
    const board = info && /^Board-ID:\s*(\S+)/m.exec(new TextDecoder().decode(info))?.[1];
    return board === undefined ? undefined : { path, board };
  } catch {
    // A folder that cannot be read, or a board that is gone while it is read, is no drive.
    return undefined;
  }
}

function candidates(host: Host): string[] {
  switch (host.platform) {
    case "win32":
      return Array.from("DEFGHIJKLMNOPQRSTUVWXYZ", (letter) => `${letter}:\\`);
    case "darwin":
      return foldersIn(host, "/Volumes");
    default: {
      const user = host.env["USER"] ?? host.env["LOGNAME"];
      const ofUser = user === undefined ? [] : [`/media/${user}`, `/run/media/${user}`];
      return [...ofUser, "/media", "/mnt"].flatMap((parent) => foldersIn(host, parent));
    }
  }
}

function foldersIn(host: Host, parent: string): string[] {
  try {
    return (host.disk.list(parent) ?? []).map((name) => join(parent, name));
  } catch {
    return [];
  }
}
