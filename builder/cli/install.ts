import { basename, dirname, join, relative, resolve } from "node:path";
import { missingPart } from "./failure.js";
import type { Host } from "./host.js";
import { forwardSlashes, readText } from "./paths.js";

/**
 * What a new app in `appFolder` writes as its dependency on this very package, so that `npm install` finds it:
 * its version if it came from a registry, the tarball it was installed from if that is still there,
 * otherwise the folder where it is: a clone, or a global installation.
 */
export function dependencyOnThimble(host: Host, appFolder: string, version: string): string {
  const { packageFolder } = host;
  const modules = dirname(packageFolder);
  const origin = basename(modules) === "node_modules" ? installedFrom(host, modules) : undefined;
  if (origin?.startsWith("http") === true) return `^${version}`;
  // npm writes the path relative to the folder that holds node_modules.
  const tarball =
    origin?.startsWith("file:") === true
      ? resolve(dirname(modules), origin.slice("file:".length))
      : undefined;
  return fileSpecifier(
    host,
    appFolder,
    tarball !== undefined && host.disk.exists(tarball) ? tarball : packageFolder,
  );
}

/** Where npm took this package from, by the lock file it keeps beside what it installed. */
function installedFrom(host: Host, modules: string): string | undefined {
  const text = readText(host, join(modules, ".package-lock.json"));
  if (text === undefined) return undefined;
  try {
    const lock = JSON.parse(text) as { packages?: Record<string, { resolved?: string }> };
    return lock.packages?.[`node_modules/${basename(host.packageFolder)}`]?.resolved;
  } catch {
    // A lock file that npm itself could not read says nothing.
    return undefined;
  }
}

function fileSpecifier(host: Host, appFolder: string, path: string): string {
  return `file:${forwardSlashes(relative(realFolder(host, appFolder), host.disk.realPath(path)))}`;
}

/** Where the folder really is, also before it exists: npm resolves relative paths from there. */
function realFolder(host: Host, folder: string): string {
  if (host.disk.exists(folder)) return host.disk.realPath(folder);
  return join(realFolder(host, dirname(folder)), basename(folder));
}

/** The folder of a package that this one depends on, wherever npm has put it. */
export function packageOf(host: Host, name: string): string {
  for (let folder = host.packageFolder; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (host.disk.exists(join(candidate, "package.json"))) return candidate;
    if (dirname(folder) === folder) break;
  }
  throw missingPart(`the package ${name}`);
}

/** The text of a file of this package. Throws a Failure where it is not there. */
export function packageText(host: Host, ...parts: readonly string[]): string {
  const path = join(host.packageFolder, ...parts);
  const text = readText(host, path);
  if (text === undefined) throw missingPart(path);
  return text;
}

/** The version of this package. */
export function packageVersion(host: Host): string {
  return (JSON.parse(packageText(host, "package.json")) as { version: string }).version;
}
