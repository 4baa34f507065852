import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import type { Host } from "../host.js";
import { readBytes } from "../paths.js";

/** Editors write a file in several steps: so long after the last of them it is taken as it is. */
const settleMs = 15;
/** A file that is gone or empty is about to come back, or so long it is believed to be. */
const goneMs = 250;

/** Sees when files get other contents, however an editor writes them: it watches their folders and compares. */
export class Edits {
  readonly #contents = new Map<string, string | undefined>();
  /** What ends the watch of a folder. */
  #folders = new Map<string, () => void>();
  #firstMs: number | undefined;
  #lastMs = 0;
  #wake: () => void = () => undefined;

  constructor(readonly host: Host) {}

  /** Real time at which the first sign of an edit was seen that has not been taken. */
  get seenMs(): number | undefined {
    return this.#firstMs;
  }

  /** Watches these files too, which need not be there, as they are now. Throws a Failure. */
  follow(paths: Iterable<string>): void {
    for (const path of paths) {
      if (!this.#contents.has(path)) this.#contents.set(path, this.#read(path));
    }
    this.#watch();
  }

  /** Resolves at the next sign of an edit, at once if there has been one. */
  soon(): Promise<void> {
    if (this.#firstMs !== undefined) return Promise.resolve();
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** Waits until an edit is complete, and tells which files have other contents now: none where nothing has changed. */
  async take(): Promise<ReadonlySet<string>> {
    const { host } = this;
    if (this.#firstMs === undefined) return new Set();
    this.#watch();
    for (;;) {
      const quietMs = host.nowMs() - this.#lastMs;
      const changed = this.#changed();
      const isDoubtful = [...changed].some((path) => (this.#read(path) ?? "") === "");
      const restMs = (isDoubtful ? goneMs : settleMs) - quietMs;
      if (restMs <= 0) {
        for (const path of changed) this.#contents.set(path, this.#read(path));
        this.#firstMs = undefined;
        return changed;
      }
      await host.wait(Math.min(restMs, settleMs));
    }
  }

  close(): void {
    for (const stop of this.#folders.values()) stop();
    this.#folders.clear();
  }

  /** Watches the folders that there are now: one may have come, or be another one of the same name. */
  #watch(): void {
    const folders = new Set([...this.#contents.keys()].map((path) => this.#nearest(dirname(path))));
    const fresh = new Map<string, () => void>();
    for (const folder of folders)
      fresh.set(
        folder,
        this.host.watch(folder, () => this.#notice()),
      );
    for (const stop of this.#folders.values()) stop();
    this.#folders = fresh;
  }

  /** The folder, or while there is none the nearest above it, in which it would appear. */
  #nearest(folder: string): string {
    const above = dirname(folder);
    return this.host.disk.exists(folder) || above === folder ? folder : this.#nearest(above);
  }

  #notice(): void {
    this.#lastMs = this.host.nowMs();
    this.#firstMs ??= this.#lastMs;
    this.#wake();
  }

  #changed(): Set<string> {
    return new Set(
      [...this.#contents.keys()].filter((path) => this.#read(path) !== this.#contents.get(path)),
    );
  }

  /** Bytes as characters; undefined for what is not there or cannot be read just now. */
  #read(path: string): string | undefined {
    try {
      const bytes = readBytes(this.host, path);
      return bytes && Buffer.from(bytes).toString("latin1");
    } catch {
      return undefined;
    }
  }
}
