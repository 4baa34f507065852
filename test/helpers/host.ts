import type { Disk, Host, Output } from "../../builder/cli/host.js";
import { SerialError } from "../../runtime/link/serial.js";
import { packagePath } from "./root.js";

/** A host for tests: output is kept, time passes only in `wait`, the disk is what the test gives. */
export class TestHost implements Host {
  readonly out: TestOutput;
  readonly err: TestOutput;
  readonly folder: string;
  platform = "linux";
  readonly env: Record<string, string>;
  readonly tag = "test";
  readonly packageFolder = packagePath();
  readonly disk: Disk;
  keyboard: Host["keyboard"];
  ms = 0;
  /** Called each time the program waits. */
  onWait: () => void = () => undefined;
  #interrupt: (() => void) | undefined;

  constructor(options: {
    folder: string;
    disk: Disk;
    terminal?: boolean;
    errorTerminal?: boolean;
    env?: Record<string, string>;
  }) {
    this.folder = options.folder;
    this.disk = options.disk;
    this.env = options.env ?? {};
    this.out = new TestOutput(options.terminal === true);
    this.err = new TestOutput(options.errorTerminal === true);
  }

  /** Each question takes a tenth of a millisecond, so that a loop that waits for time ends. */
  nowMs(): number {
    return (this.ms += 0.1);
  }

  wait(ms: number): Promise<void> {
    this.ms += ms;
    this.onWait();
    return Promise.resolve();
  }

  nodeVersion = "20.11.0";
  serial: Host["serial"] = {
    list: () => Promise.resolve([]),
    open: (path) => Promise.reject(new SerialError("no-port", `${path} does not exist`)),
  };

  /** Serial ports are those of the test. */
  restartInBootMode: (port: string) => Promise<void> = (port) =>
    Promise.reject(new Error(`there is no port ${port}`));

  /** What is to be called when `edited` is. */
  readonly #watching = new Set<() => void>();

  watch(_folder: string, onChange: () => void): () => void {
    this.#watching.add(onChange);
    return () => this.#watching.delete(onChange);
  }

  /** Tells whoever watches a folder that something has changed there. */
  edited(): void {
    for (const onChange of this.#watching) onChange();
  }

  onInterrupt(handler: () => void): () => void {
    this.#interrupt = handler;
    return () => (this.#interrupt = undefined);
  }

  interrupt(): void {
    this.#interrupt?.();
  }
}

export class TestOutput implements Output {
  text = "";
  columns = 80;
  rows = 24;
  closed = false;
  failure: Error | undefined;

  constructor(readonly isTerminal: boolean) {}

  write(text: string): void {
    this.text += text;
  }

  onResize(): () => void {
    return () => undefined;
  }
}
