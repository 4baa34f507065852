import { DeviceLink } from "../../runtime/link/device.js";
import type { DeviceMessage } from "../../runtime/link/messages.js";
import { lostPort, SerialError } from "../../runtime/link/serial.js";
import type { Transport } from "../../runtime/link/transport.js";
import { candidatePorts } from "./device/ask.js";
import { failSerial } from "./device/failure.js";
import { type LineContext, messageDocument, messageLine } from "./device/lines.js";
import { locator } from "./device/locate.js";
import { exitCodes, Failure, type ExitCode } from "./failure.js";
import type { Host } from "./host.js";
import type { Report } from "./report.js";

export interface LogsOptions {
  readonly device?: string;
  readonly app?: readonly string[];
  readonly json?: boolean;
}

const pollMs = 50;
/** How often a board that is gone is looked for. */
const retryMs = 500;
/** What came before the names is held back for so long: a board answers at once, but what waits in it comes first. */
const namesMs = 500;

/** `thimble logs`: what a board says, until Ctrl-C or until nobody reads. */
export async function logsCommand(
  report: Report,
  _folder: string,
  options: LogsOptions,
): Promise<ExitCode> {
  const { host } = report;
  const locate = await locator(report, options.app ?? []);
  const path = options.device ?? (await onlyDevice(host));
  let stopped = false;
  const release = host.onInterrupt(() => (stopped = true));
  const isOver = (): boolean => stopped || host.out.closed;
  /* Unplugged at an unlucky moment, a port reads as empty for ever, and its stream does not end. */
  const hasFile = host.disk.exists(path);
  const isGone = (): boolean => hasFile && !host.disk.exists(path);
  try {
    let transport = await host.serial.open(path).catch(failSerial);
    for (;;) {
      const isDone = (): boolean => isOver() || isGone();
      const end = await listen(report, transport, locate, options.json === true, isDone);
      if (isOver()) return exitCodes.ok;
      const why = end ?? (isGone() ? lostPort(path) : undefined);
      host.err.write(`${why?.message ?? `${path} is closed`}; waiting for it, Ctrl-C ends\n`);
      const again = await reopen(host, path, isOver);
      if (again === undefined) return exitCodes.ok;
      host.err.write(`${path} is back\n`);
      transport = again;
    }
  } finally {
    release();
  }
}

/** The port of the one board that is plugged in. */
async function onlyDevice(host: Host): Promise<string> {
  const ports = await candidatePorts(host, false).catch(failSerial);
  if (ports.length === 1) return ports[0]!.path;
  const [code, message, exitCode] =
    ports.length === 0
      ? (["no-device", "no serial port has a device behind it", exitCodes.environment] as const)
      : (["several-devices", "several boards are plugged in", exitCodes.usage] as const);
  const hint =
    ports.length === 0
      ? 'Plug a board in; "thimble doctor" looks for what is missing.'
      : `Name one of them: --device ${ports.map((port) => port.path).join(", --device ")}.`;
  throw new Failure(exitCode, [{ severity: "error", code, message, hint }]);
}

/** Shows what comes until the stream ends, which gives the reason, or until it is over. */
async function listen(
  report: Report,
  transport: Transport,
  locate: LineContext["locate"],
  json: boolean,
  isOver: () => boolean,
): Promise<Error | undefined> {
  const { host } = report;
  let ended: { readonly error: Error | undefined } | undefined;
  let held: DeviceMessage[] | undefined = [];
  let unnamed: number | undefined;
  const link = new DeviceLink(
    transport,
    (message) => {
      if (message.kind === "hello") unnamed = message.containers;
      if (held === undefined) show(message);
      else held.push(message);
    },
    (error) => (ended = { error }),
  );
  const context: LineContext = {
    style: report.style,
    nameOf: (container) => link.nameOf(container),
    locate,
  };
  const show = (message: DeviceMessage): void =>
    host.out.write(`${json ? messageDocument(message, context) : messageLine(message, context)}\n`);
  const isNamed = (): boolean =>
    unnamed !== undefined &&
    Array.from({ length: unnamed }, (_, index) => link.nameOf(index)).every(
      (name) => name !== undefined,
    );
  try {
    await link.send({ kind: "who" });
    for (let waitedMs = 0; ended === undefined && !isOver(); waitedMs += pollMs) {
      await host.wait(pollMs);
      if (held !== undefined && (isNamed() || waitedMs >= namesMs)) {
        held.forEach(show);
        held = undefined;
      }
    }
  } catch (error) {
    if (!(error instanceof SerialError)) throw error;
    ended ??= { error };
  } finally {
    held?.forEach(show);
    await link.close();
  }
  return ended?.error;
}

/** Opens the port once it is there again; undefined if it is over before that. */
async function reopen(
  host: Host,
  path: string,
  isOver: () => boolean,
): Promise<Transport | undefined> {
  while (!isOver()) {
    await host.wait(retryMs);
    try {
      return await host.serial.open(path);
    } catch (error) {
      // A port that has just come back may not be ready, or not yet be allowed to be used.
      if (!(error instanceof SerialError)) throw error;
    }
  }
  return undefined;
}
