import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { Disk } from "../../builder/cli/host.js";
import { systemDisk } from "../../builder/cli/terminal.js";

/** The disk of this machine with files and folders of a test over it; nothing else is written. */
export class OverlayDisk implements Disk {
  readonly files = new Map<string, Uint8Array>();
  readonly folders = new Map<string, string[]>();
  /** What a write to a drive does beside writing. */
  onWrite: (path: string, bytes: Uint8Array) => void = () => undefined;

  readonly #drives: string[] = [];

  addVolume(path: string, info: string): void {
    this.#drives.push(path);
    this.files.set(join(path, "INFO_UF2.TXT"), new TextEncoder().encode(info));
    this.folders.set(dirname(path), [
      ...(this.list(dirname(path)) ?? []),
      path.slice(dirname(path).length + 1),
    ]);
  }

  removeVolume(path: string): void {
    for (const file of this.files.keys()) if (file.startsWith(path)) this.files.delete(file);
  }

  read(path: string): Uint8Array | undefined {
    return this.files.get(path) ?? systemDisk.read(path);
  }
  exists(path: string): boolean {
    return this.files.has(path) || systemDisk.exists(path);
  }
  list(path: string): readonly string[] | undefined {
    return (
      this.folders.get(path) ??
      (/^\/(media|mnt|run)/.test(path) ? undefined : systemDisk.list(path))
    );
  }
  write(path: string, bytes: Uint8Array): void {
    this.files.set(path, bytes);
    if (this.#drives.some((drive) => path.startsWith(drive))) this.onWrite(path, bytes);
  }
  rename(from: string, to: string): void {
    this.files.set(to, this.files.get(from)!);
    this.files.delete(from);
  }
  removeFile(path: string): void {
    this.files.delete(path);
  }
  copy = (): never => assert.fail("nothing is copied");
  makeFolder = (): void => undefined;
  removeFolder = (): void => undefined;
  realPath = (path: string): string => systemDisk.realPath(path);
  create = (): never => assert.fail("nothing is created");
}
