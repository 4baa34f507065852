import { listOf } from "../../runtime/document/words.js";
import { type AskedPort, askPorts, candidatePorts, idText } from "./device/ask.js";
import { failSerial, serialHint } from "./device/failure.js";
import { exitCodes, type ExitCode } from "./failure.js";
import type { Report } from "./report.js";

export interface DevicesOptions {
  readonly all?: boolean;
}

/** `thimble devices`: the boards at this machine that run thimble. */
export async function devicesCommand(
  report: Report,
  _folder: string,
  { all = false }: DevicesOptions,
): Promise<ExitCode> {
  const ports = await candidatePorts(report.host, all).catch(failSerial);
  const asked = await askPorts(report.host, ports);
  const width = Math.max(0, ...ports.map(({ path }) => path.length));
  for (const one of asked)
    report.line(`${report.style.bold(one.port.path.padEnd(width))}  ${describe(one)}`);
  if (asked.length === 0) {
    report.line("there is no device at a serial port");
    report.line(
      '"thimble flash" puts an app on a board; "thimble doctor" looks for what is missing',
    );
  }
  report.data({ devices: asked.map(documentOf) });
  for (const { error } of asked) {
    if (error !== undefined)
      report.diagnose([
        { severity: "warning", code: error.code, message: error.message, hint: serialHint(error) },
      ]);
  }
  return exitCodes.ok;
}

function describe({ device, error }: AskedPort): string {
  if (error !== undefined) return error.code === "in-use" ? "in use" : "cannot be opened";
  if (device === undefined) return "does not answer";
  const { hello, names } = device;
  const apps = names.map((name) => name ?? "?");
  const running = apps.length === 0 ? "no apps" : listOf(apps, "and");
  return `thimble ${hello.firmware}  id ${idText(hello)}  ${running}`;
}

function documentOf({ port, device, error }: AskedPort) {
  const { path, ...usb } = port;
  if (device === undefined)
    return { port: path, ...usb, answers: false, ...(error && { error: error.code }) };
  const { hello, names } = device;
  return {
    port: path,
    ...usb,
    answers: true,
    id: idText(hello),
    firmware: hello.firmware,
    contract: hello.contract,
    resetReason: hello.resetReason,
    running: hello.running,
    wrongFrames: hello.wrongFrames,
    containers: names.map((name) => name ?? null),
  };
}
