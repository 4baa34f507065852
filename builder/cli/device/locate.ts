import { join } from "node:path";
import { parseSourceMap, positionAt } from "../../compile/sourcemap.js";
import { displayPath } from "../paths.js";
import type { Report } from "../report.js";
import { loadContainer } from "../container.js";
import { deviceImage } from "../native.js";

/** A place in the sources of an app; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Builds the apps and gives what finds the place of an end by the name of the app and the offset in its machine code. It
 * holds for the version that is built here. Throws a Failure or a DiagnosticError.
 */
export async function locator(
  report: Report,
  paths: readonly string[],
): Promise<(name: string, codeOffset: number) => Place | undefined> {
  const apps = new Map<string, (codeOffset: number) => Place | undefined>();
  for (const path of paths) {
    const container = await loadContainer(report, path);
    const { manifest, sourceMap, folder } = container;
    if (sourceMap === undefined) continue;
    const image = await deviceImage(container);
    const map = parseSourceMap(sourceMap);
    apps.set(manifest.name, (codeOffset) => {
      const found = image.locate(codeOffset);
      const position = found && positionAt(map, found.offset);
      if (position === undefined) return undefined;
      const { file, line, column } = position;
      const shown = file.startsWith("~lib/") ? file : displayPath(report.host, join(folder, file));
      return { file: shown, line, column };
    });
  }
  return (name, codeOffset) => apps.get(name)?.(codeOffset);
}
