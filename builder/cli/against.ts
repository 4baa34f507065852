import { join } from "node:path";
import { hasError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import { quote } from "../../runtime/document/words.js";
import { compareVersions, type StateChanges } from "../../runtime/manifest/compare.js";
import { readManifest } from "../../runtime/manifest/load.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import { loadContainer } from "./container.js";
import { exitCodes, Failure, inputFailure } from "./failure.js";
import { displayPath, listFolder, readText } from "./paths.js";
import { renderChanges } from "./render/changes.js";
import type { Report } from "./report.js";

/** A version that another one is held against. */
export interface OldVersion {
  readonly manifest: Manifest;
  /** Where it was read from, as the user would write it. */
  readonly file: string;
}

/** Reads the manifest of a version: NAME.manifest.json, a folder with one in it, a container, an image, or the folder of an app. Throws a Failure. */
export async function readOldVersion(report: Report, path: string): Promise<OldVersion> {
  const { host } = report;
  const names = listFolder(host, path);
  if (names === undefined && path.endsWith(".json")) return readOldManifest(report, path);
  if (names === undefined || names.includes("thimble.json") || names.includes("oci-layout")) {
    const { manifest } = await loadContainer(report, path);
    return { manifest, file: displayPath(host, path) };
  }
  const manifests = names.filter((name) => name.endsWith(".manifest.json"));
  if (manifests.length === 1) return readOldManifest(report, join(path, manifests[0]!));
  throw inputFailure({
    code: "no-version",
    message:
      manifests.length === 0
        ? "there is no manifest in this folder"
        : `there are ${manifests.length} manifests in this folder`,
    file: displayPath(host, path),
    hint: "Name NAME.manifest.json, NAME.oci.tar, or a folder that a build has written into.",
  });
}

function readOldManifest(report: Report, path: string): OldVersion {
  const { host } = report;
  const file = displayPath(host, path);
  const text = readText(host, path);
  if (text === undefined)
    throw inputFailure({
      code: "missing-file",
      message: "there is no such manifest",
      file,
      hint: "A build writes dist/NAME.manifest.json.",
    });
  report.source = (name) => readText(host, name);
  const { manifest, diagnostics } = readManifest(text, file);
  report.diagnose(diagnostics);
  if (manifest === undefined || hasError(diagnostics)) throw new Failure(exitCodes.input, []);
  return { manifest, file };
}

/** The second half of `thimble build --against OLD`: what moves, is new or is lost when `manifest` takes the place of the old version. */
export function tellChanges(report: Report, old: OldVersion, manifest: Manifest): void {
  const changes = compareVersions(old.manifest, manifest);
  for (const line of renderChanges(changes, old.file, report.style)) report.line(line);
  report.data({ against: { file: old.file, ...changes } });
  report.diagnose([...otherApp(old, manifest), ...lostState(changes.state, old)]);
}

function otherApp({ manifest: { name }, file }: OldVersion, manifest: Manifest): Diagnostic[] {
  if (name === manifest.name) return [];
  const message = `this is a version of ${quote(name)}, and ${quote(manifest.name)} would not take its place`;
  return [{ severity: "warning", code: "other-app", message, file }];
}

function lostState({ lost }: StateChanges, { file }: OldVersion): Diagnostic[] {
  return lost.map(({ name, type, becauseType }) => ({
    severity: "warning",
    code: "state-lost",
    file,
    message:
      becauseType === undefined
        ? `the value of ${quote(name)} (${type}) would be lost: no field of the state has or had this name and type`
        : `the value of ${quote(name)} would be lost: it was ${type} and is ${becauseType} now`,
    hint:
      becauseType === undefined
        ? `If it is only called differently now, write \`@was(${JSON.stringify(name)})\` at its field.`
        : `Keep a field \`${name}: ${type}\`, and call the new one differently.`,
  }));
}
