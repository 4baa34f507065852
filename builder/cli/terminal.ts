import { Buffer } from "node:buffer";
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { listSerialPorts, openSerialPort, restartInBootMode } from "../../runtime/link/serial.js";
import { failSerial } from "./device/failure.js";
import { exitCodes, Failure } from "./failure.js";
import type { Disk, Host, Output } from "./host.js";

/** The machine this process runs on, and the terminal that it stands in. */
export function processHost(): Host {
  const out = output(process.stdout);
  return {
    ...machineHost(),
    out,
    err: output(process.stderr),
    wait: async (ms) => {
      // A stream that has failed never drains.
      if (!out.closed) await drained(process.stdout);
      await pause(ms);
    },
    onInterrupt,
    keyboard: process.stdin.isTTY === true ? readKeyboard : undefined,
  };
}

/** The machine this process runs on, for code that has no terminal to itself: what would go to standard error goes to `onError`. */
export function libraryHost(folder: string, onError: (text: string) => void): Host {
  const ignored = { isTerminal: false, columns: 80, rows: 24, onResize: () => () => undefined };
  const open = { closed: false, failure: undefined };
  return {
    ...machineHost(),
    folder,
    out: { ...ignored, ...open, write: () => undefined },
    err: { ...ignored, ...open, write: onError },
    wait: pause,
    onInterrupt: () => () => undefined,
    keyboard: undefined,
  };
}

function machineHost() {
  return {
    env: process.env,
    platform: process.platform,
    folder: process.cwd(),
    tag: `p${process.pid}`,
    disk: systemDisk,
    packageFolder: packageFolder(dirname(fileURLToPath(import.meta.url))),
    nowMs: () => performance.now(),
    nodeVersion: process.versions.node,
    serial: { list: listSerialPorts, open: openSerialPort },
    restartInBootMode: (port: string) => restartInBootMode(port).catch(failSerial),
    watch,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise<void>(
    (resolve) => void (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)),
  );
}

function output(stream: NodeJS.WriteStream): Output {
  let closed = false;
  let failure: Error | undefined;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    closed = true;
    // Where the reader went away there is nobody to tell.
    if (!["EPIPE", "EOF", "EIO"].includes(error.code ?? "")) failure = error;
  });
  return {
    write: (text) => {
      if (!closed) stream.write(text);
    },
    get isTerminal() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns > 0 ? stream.columns : 80;
    },
    get rows() {
      return stream.rows > 0 ? stream.rows : 24;
    },
    onResize(handler) {
      stream.on("resize", handler);
      return () => stream.off("resize", handler);
    },
    get closed() {
      return closed;
    },
    get failure() {
      return failure;
    },
  };
}

/** Waits until a slow reader has taken what was written, so that output does not pile up in memory. */
async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (!stream.writableNeedDrain) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    const events = ["drain", "close", "error"];
    for (const event of events) stream.on(event, done);
  });
}

function onInterrupt(handler: () => void): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, handler);
  return () => {
    for (const signal of signals) process.off(signal, handler);
  };
}

function watch(folder: string, onChange: () => void): () => void {
  try {
    const watcher = fs.watch(folder, onChange);
    // The folder was removed.
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return () => undefined;
    const cause =
      code === "ENOSPC" ? "the system watches no more folders" : (error as Error).message;
    throw new Failure(exitCodes.environment, [
      {
        severity: "error",
        code: "cannot-watch",
        message: `cannot watch this: ${cause}`,
        file: folder,
        hint: "Run without --watch, or end other programs that watch files.",
      },
    ]);
  }
}

function readKeyboard(onInput: (text: string) => void): () => void {
  const { stdin } = process;
  const listener = (chunk: string): void => onInput(chunk);
  stdin.setEncoding("utf8");
  stdin.setRawMode(true);
  stdin.on("data", listener);
  stdin.resume();
  return () => {
    stdin.off("data", listener);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

/** The disk of this machine. */
export const systemDisk: Disk = {
  read: (path) => orUndefined(() => fs.readFileSync(path)),
  exists: (path) => fs.existsSync(path),
  makeFolder: (path) => fs.mkdirSync(path),
  write(path, bytes) {
    const file = fs.openSync(path, "w");
    try {
      for (let at = 0; at < bytes.length;) at += fs.writeSync(file, bytes, at);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
  },
  copy: (from, to) => fs.copyFileSync(from, to),
  rename: (from, to) => fs.renameSync(from, to),
  removeFile: (path) => fs.unlinkSync(path),
  removeFolder: (path) => fs.rmdirSync(path),
  list: (path) => orUndefined(() => fs.readdirSync(path).toSorted(), "ENOTDIR"),
  realPath: (path) => fs.realpathSync(path),
  create(path) {
    const file = fs.openSync(path, "w");
    let pending: string[] = [];
    let length = 0;
    const flush = (): void => {
      const bytes = Buffer.from(pending.join(""), "utf8");
      pending = [];
      length = 0;
      for (let at = 0; at < bytes.length;) at += fs.writeSync(file, bytes, at);
    };
    return {
      write(text) {
        pending.push(text);
        length += text.length;
        if (length > 65_536) flush();
      },
      close() {
        try {
          flush();
        } finally {
          fs.closeSync(file);
        }
      },
    };
  },
};

function orUndefined<T>(read: () => T, ...others: readonly string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", ...others].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}

function packageFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (fs.existsSync(join(folder, "package.json"))) return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json above ${start}`);
  }
}
