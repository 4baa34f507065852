import { basename, dirname, join, resolve } from "node:path";
import type { Diagnostic } from "../../../runtime/document/diagnostic.js";
import { hasError } from "../../../runtime/document/diagnostic.js";
import { exitCodes, Failure, inputFailure } from "../failure.js";
import type { Host } from "../host.js";
import { displayPath, readText } from "../paths.js";
import { parseScenarios } from "./parse.js";
import type { Scenario } from "./syntax.js";

/** The folder of an app that its scenarios are in. */
export const testsFolder = "tests";
/** How the names of their files end. */
export const scenarioEnding = ".scenario";

/** A scenario and where it comes from. */
export interface Written {
  /** As the user would write it. */
  readonly file: string;
  /** The app that it is about: a folder, absolute. */
  readonly app: string;
  readonly scenario: Scenario;
}

/**
 * Reads the scenarios of apps, in the order of their files. A path names the folder of an app or one of its files of scenarios. Throws a
 * Failure with all mistakes in them, or where there are none.
 */
export function readScenarios(host: Host, paths: readonly string[]): Written[] {
  const mistakes: Diagnostic[] = [];
  const written = paths
    .flatMap((path) => filesOf(host, path))
    .flatMap(({ app, path }) => {
      const file = displayPath(host, path);
      const text = readText(host, path);
      if (text === undefined)
        throw inputFailure({
          code: "missing-file",
          message: "there is no such file",
          file,
          hint: "Check the path.",
        });
      const name = basename(path, scenarioEnding);
      const { scenarios, diagnostics } = parseScenarios(text, file, name);
      mistakes.push(...diagnostics);
      return (scenarios?.scenarios ?? []).map((scenario) => ({ file, app, scenario }));
    });
  if (hasError(mistakes)) throw new Failure(exitCodes.input, mistakes);
  return written;
}

/** Files of scenarios, absolute, each with the folder of its app. */
function filesOf(host: Host, given: string): { app: string; path: string }[] {
  const path = resolve(host.folder, given);
  if (path.endsWith(scenarioEnding)) return [{ app: appAround(host, path), path }];
  const folder = join(path, testsFolder);
  const names = host.disk.exists(folder) ? (host.disk.list(folder) ?? []) : [];
  const files = names.filter((name) => name.endsWith(scenarioEnding));
  if (files.length > 0) return files.map((name) => ({ app: path, path: join(folder, name) }));
  throw inputFailure({
    code: "no-scenarios",
    message: host.disk.exists(path) ? "this app has no scenarios" : "there is no such folder",
    file: displayPath(host, path),
    hint: host.disk.exists(path)
      ? `Write one into ${testsFolder}/NAME${scenarioEnding}, such as: expect led on within 1s`
      : "Name the folder of an app, or a file of scenarios.",
  });
}

/** The nearest folder above a file that is one of an app. */
function appAround(host: Host, path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (host.disk.exists(join(folder, "thimble.json"))) return folder;
    if (dirname(folder) === folder) break;
  }
  throw inputFailure({
    code: "no-app",
    message: "this file is in no app: no folder above it has a thimble.json",
    file: displayPath(host, path),
    hint: `Move it into the folder ${testsFolder} of its app.`,
  });
}
