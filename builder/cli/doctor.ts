import { contractVersion } from "../contract/capabilities.js";
import { SerialError, type SerialPortInfo } from "../../runtime/link/serial.js";
import { type AskedPort, askPorts, candidatePorts, idText } from "./device/ask.js";
import { rightsHint, serialHint, udevFile, udevRule } from "./device/failure.js";
import { exitCodes, type ExitCode } from "./failure.js";
import { findVolumes, picoBoard } from "./flash/volume.js";
import type { Host } from "./host.js";
import { packageVersion } from "./install.js";
import { readText } from "./paths.js";
import type { Report } from "./report.js";

/** One line of the result. */
interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
  /** What to do where it is not ok. */
  readonly fix?: string;
}

/** `thimble doctor`: what keeps boards from working, and what helps. */
export async function doctorCommand(report: Report): Promise<ExitCode> {
  const { host } = report;
  const { checks: portChecks, ports } = await checkPorts(host);
  const asked = await askPorts(host, ports);
  const checks = [
    checkNode(host),
    ...portChecks,
    ...(host.platform === "linux" ? [checkRights(host, asked)] : []),
    ...checkBoards(host, asked),
  ];
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const { name, ok, found, fix } of checks) {
    const verdict = ok ? report.style.green("ok    ") : report.style.red("not ok");
    report.line(`${verdict}  ${name.padEnd(width)}  ${found}`);
    if (fix !== undefined) report.line(`${" ".repeat(10 + width)}${fix}`);
  }
  report.data({ checks });
  return checks.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.environment;
}

const nodeMajorMin = 20;

function checkNode({ nodeVersion }: Host): Check {
  const ok = Number.parseInt(nodeVersion, 10) >= nodeMajorMin;
  const fix = `Install Node.js ${nodeMajorMin} or later.`;
  return { name: "Node.js", ok, found: nodeVersion, ...(ok ? {} : { fix }) };
}

/** Whether serial ports can be listed, and those that may be devices. */
async function checkPorts(
  host: Host,
): Promise<{ checks: readonly Check[]; ports: readonly SerialPortInfo[] }> {
  const name = "serial ports";
  try {
    const listed = await host.serial.list();
    const found = listed.length === 1 ? "1 port" : `${listed.length} ports`;
    return { checks: [{ name, ok: true, found }], ports: await candidatePorts(host, false) };
  } catch (error) {
    if (!(error instanceof SerialError)) throw error;
    const isList = error.code === "no-list" && host.platform === "linux";
    const fix = isList
      ? 'Install udev, "sudo apt-get install udev" on Debian and Ubuntu; without it, name ports yourself.'
      : serialHint(error);
    const check = { name, ok: false, found: error.message, fix };
    return { checks: [check], ports: isList ? await foundWithoutUdev(host) : [] };
  }
}

async function foundWithoutUdev(host: Host): Promise<readonly SerialPortInfo[]> {
  try {
    return await candidatePorts(host, false);
  } catch (error) {
    if (error instanceof SerialError) return [];
    throw error;
  }
}

/** Whether the user may open serial ports: as tried, or without a board, as groups and rules say. */
function checkRights(host: Host, asked: readonly AskedPort[]): Check {
  const name = "rights";
  const refused = asked.find(({ error }) => error?.code === "not-allowed");
  if (refused !== undefined) {
    const found = `${refused.port.path} may not be opened`;
    return { name, ok: false, found, fix: rightsHint };
  }
  if (asked.some(({ error }) => error === undefined))
    return { name, ok: true, found: "a port could be opened" };
  const user = host.env["USER"] ?? host.env["LOGNAME"];
  if (user === "root") return { name, ok: true, found: "the user is root" };
  const group = user === undefined ? undefined : serialGroupOf(host, user);
  if (group !== undefined) return { name, ok: true, found: `${user} is in the group ${group}` };
  if (readIfAllowed(host, udevFile)?.includes(udevRule) === true)
    return { name, ok: true, found: `there is ${udevFile}` };
  const found = `${user ?? "the user"} is in no group of serial ports, and there is no ${udevFile}`;
  return { name, ok: false, found, fix: rightsHint };
}

/** The groups that own serial ports: of Debian and most others, and of Arch. */
const serialGroups: readonly string[] = ["dialout", "uucp"];

function serialGroupOf(host: Host, user: string): string | undefined {
  const lines = readIfAllowed(host, "/etc/group")?.split("\n") ?? [];
  return lines
    .map((line) => line.split(":"))
    .find(
      ([group, , , members]) => serialGroups.includes(group!) && members?.split(",").includes(user),
    )?.[0];
}

function readIfAllowed(host: Host, path: string): string | undefined {
  try {
    return readText(host, path);
  } catch {
    return undefined;
  }
}

/** The boards that answer, those that wait to be written, and that there is one at all. */
function checkBoards(host: Host, asked: readonly AskedPort[]): Check[] {
  const volumes = findVolumes(host).map(({ path, board }): Check => {
    const name = `drive ${path}`;
    if (board === picoBoard) return { name, ok: true, found: "a Pico waits to be written" };
    const fix = "Use a Raspberry Pi Pico or Pico W.";
    return { name, ok: false, found: `a board ${board}, which thimble does not run on`, fix };
  });
  const devices = asked.map((one) => checkDevice(host, one));
  if (volumes.length + devices.length > 0) return [...volumes, ...devices];
  return [
    {
      name: "board",
      ok: false,
      found: "none is plugged in that runs thimble or waits to be written",
      fix: "Hold the button BOOTSEL while you plug a Pico in, until the drive RPI-RP2 appears; some cables only charge.",
    },
  ];
}

function checkDevice(host: Host, { port, device, error }: AskedPort): Check {
  const name = `device ${port.path}`;
  if (error !== undefined) return { name, ok: false, found: error.message, fix: serialHint(error) };
  if (device === undefined) {
    const fix =
      "Unplug it and plug it in again; if that does not help, flash it while BOOTSEL is held.";
    return { name, ok: false, found: "does not answer", fix };
  }
  const { hello } = device;
  const found = `thimble ${hello.firmware}, id ${idText(hello)}`;
  const version = packageVersion(host);
  if (hello.firmware === version && hello.contract === contractVersion)
    return { name, ok: true, found };
  const fix = `"thimble flash --port ${port.path}" brings the firmware of this version, ${version}.`;
  return { name, ok: false, found, fix };
}
