import type { SerialPortInfo } from "../../runtime/link/serial.js";
import type { Transport } from "../../runtime/link/transport.js";
import type { FileOperations } from "./files/write.js";

/**
 * All that the command line takes from the machine it runs on. `terminal.ts` is the real one; tests bring their
 * own clock, keys and disk.
 */
export interface Host {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `linux`, `darwin`, `win32` or another name that Node.js gives to systems. */
  readonly platform: string;
  /** The folder the user stands in, absolute. */
  readonly folder: string;
  /** Tells apart what two processes write at the same time: letters and digits. */
  readonly tag: string;
  readonly disk: Disk;
  /** The folder of this package, absolute. */
  readonly packageFolder: string;
  /** Real time in milliseconds of any origin. */
  nowMs(): number;
  /** Lets `ms` of real time pass, and at least keys, signals and pending output through. */
  wait(ms: number): Promise<void>;
  /** Such as `20.11.0`. */
  readonly nodeVersion: string;
  readonly serial: SerialPorts;
  /** Asks the board behind a serial port to show the drive that it can be written through. Throws a Failure. */
  restartInBootMode(port: string): Promise<void>;
  /** Calls `handler` on Ctrl-C or a request to end, instead of ending at once, until the returned function is called. */
  onInterrupt(handler: () => void): () => void;
  /**
   * Calls `onChange` when something has changed in a folder, not below it, until the returned function is called. A folder that is not
   * there never changes. Throws a Failure where the system watches no more folders.
   */
  watch(folder: string, onChange: () => void): () => void;
  /** Sends keys as they are typed until the returned function is called; undefined where input is no terminal. */
  readonly keyboard: ((onInput: (text: string) => void) => () => void) | undefined;
}

/** The serial ports of the machine. Both reject with a SerialError. */
export interface SerialPorts {
  list(): Promise<readonly SerialPortInfo[]>;
  open(path: string): Promise<Transport>;
}

/** Standard output or standard error. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** 80 and 24 where there is no terminal. */
  readonly columns: number;
  readonly rows: number;
  onResize(handler: () => void): () => void;
  /** True once nothing can be written any more: nobody reads, as after `| head`, or it has failed. */
  readonly closed: boolean;
  /** Why writing has failed, where it was not that nobody reads. */
  readonly failure: Error | undefined;
}

export interface Disk extends FileOperations {
  /** Names in a folder, sorted; undefined if there is no such folder. */
  list(path: string): readonly string[] | undefined;
  /** Where symbolic links lead. */
  realPath(path: string): string;
  /** Opens a new file for writing piece by piece. */
  create(path: string): { write(text: string): void; close(): void };
}
