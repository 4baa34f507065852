import { dirname } from "node:path";

/** The file operations that writing needs. Each throws the system's error; tests let each of them fail. */
export interface FileOperations {
  /** The bytes of a file, or undefined if there is none. */
  read(path: string): Uint8Array | undefined;
  /** True if there is a file or folder of this name. */
  exists(path: string): boolean;
  makeFolder(path: string): void;
  /** Creates the file, or replaces its bytes, and waits until they are on the disk. */
  write(path: string, bytes: Uint8Array): void;
  copy(from: string, to: string): void;
  /** Replaces `to` at once. */
  rename(from: string, to: string): void;
  removeFile(path: string): void;
  /** Removes an empty folder. */
  removeFolder(path: string): void;
}

/** Writing failed; everything is as it was before. `path` is the target that could not be written. */
export class WriteError extends Error {
  constructor(
    readonly path: string,
    override readonly cause: unknown,
  ) {
    super(`cannot write ${path}`);
    this.name = "WriteError";
  }
}

interface Step {
  readonly path: string;
  readonly fresh: string;
  /** The copy of what stood there before, undefined if nothing did. */
  readonly previous: string | undefined;
}

/**
 * Writes all files or none. New bytes go beside their targets first; only when all of them are on the disk does
 * each take its place by a rename, and if one of those fails the earlier ones are taken back.
 * Files that already hold the right bytes are left alone. `tag` tells apart the temporary names of processes.
 * Returns the paths that changed. Throws WriteError.
 */
export function writeTogether(
  operations: FileOperations,
  files: ReadonlyMap<string, Uint8Array>,
  tag: string,
): string[] {
  const undo: (() => void)[] = [];
  const steps: Step[] = [];
  let current = "";
  try {
    for (const [path, bytes] of files) {
      current = path;
      const step = prepare(operations, path, bytes, tag, undo);
      if (step !== undefined) steps.push(step);
    }
    for (const step of steps) {
      current = step.path;
      operations.rename(step.fresh, step.path);
      undo.push(() =>
        step.previous === undefined
          ? operations.removeFile(step.path)
          : operations.rename(step.previous, step.path),
      );
    }
  } catch (error) {
    for (const back of undo.reverse()) attempt(back);
    throw new WriteError(current, error);
  }
  // From here on all is written; a copy that cannot be removed does no harm.
  for (const step of steps)
    if (step.previous !== undefined) attempt(() => operations.removeFile(step.previous!));
  return steps.map((step) => step.path);
}

/** Puts the new bytes, and a copy of the old ones, beside the target. */
function prepare(
  operations: FileOperations,
  path: string,
  bytes: Uint8Array,
  tag: string,
  undo: (() => void)[],
): Step | undefined {
  const old = operations.read(path);
  if (old !== undefined && equal(old, bytes)) return undefined;
  makeFolders(operations, dirname(path), undo);
  const fresh = `${path}.${tag}.new`;
  // A write that fails half-way leaves a file, so its removal is promised first.
  undo.push(() => removeIfThere(operations, fresh));
  operations.write(fresh, bytes);
  if (old === undefined) return { path, fresh, previous: undefined };
  const previous = `${path}.${tag}.old`;
  undo.push(() => removeIfThere(operations, previous));
  operations.copy(path, previous);
  return { path, fresh, previous };
}

function makeFolders(operations: FileOperations, folder: string, undo: (() => void)[]): void {
  if (operations.exists(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolders(operations, parent, undo);
  operations.makeFolder(folder);
  undo.push(() => operations.removeFolder(folder));
}

function removeIfThere(operations: FileOperations, path: string): void {
  if (operations.exists(path)) operations.removeFile(path);
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // Nothing better is left to do; the first error is the one reported.
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
