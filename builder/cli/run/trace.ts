import { extname, resolve } from "node:path";
import { createCsvTrace } from "../../../runtime/emulator/trace/csv.js";
import type { TraceSink } from "../../../runtime/emulator/trace/entry.js";
import { createVcdTrace } from "../../../runtime/emulator/trace/vcd.js";
import { fileFailure, usageFailure } from "../failure.js";
import type { Host } from "../host.js";
import { displayPath } from "../paths.js";

/** A trace file in the making. It takes its name only when it is complete. */
export interface TraceFile {
  readonly sink: TraceSink;
  /** Completes the file. */
  finish(): void;
  /** Removes what was written. May follow `finish`, and then does nothing. */
  abandon(): void;
}

/** Opens a trace file by its ending, `.csv` or `.vcd`. */
export function openTrace(host: Host, file: string): TraceFile {
  const create = { ".csv": createCsvTrace, ".vcd": createVcdTrace }[extname(file).toLowerCase()];
  if (create === undefined)
    throw usageFailure(
      `--trace ${file} is neither a .csv nor a .vcd file`,
      "Write --trace out.csv for tables, or out.vcd for waveform viewers.",
    );
  const path = resolve(host.folder, file);
  const fresh = `${path}.${host.tag}.new`;
  let open = true;
  const guard = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw fileFailure("write", displayPath(host, path), error);
    }
  };
  const output = guard(() => host.disk.create(fresh));
  const writer = create((text) => guard(() => output.write(text)));
  return {
    sink: writer.sink,
    finish() {
      writer.end();
      guard(() => {
        output.close();
        host.disk.rename(fresh, path);
      });
      open = false;
    },
    abandon() {
      if (!open) return;
      open = false;
      try {
        output.close();
      } catch {
        // The disk that could not take the trace cannot take its end either.
      }
      if (host.disk.exists(fresh)) host.disk.removeFile(fresh);
    },
  };
}
