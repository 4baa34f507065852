import { DeviceLink } from "../../../runtime/link/device.js";
import type { DeviceMessage } from "../../../runtime/link/messages.js";
import { SerialError, type SerialPortInfo, thimbleUsb } from "../../../runtime/link/serial.js";
import type { Host } from "../host.js";

export type Hello = Extract<DeviceMessage, { kind: "hello" }>;

/** A device as it introduces itself. */
export interface Introduction {
  readonly hello: Hello;
  /** By place on the device; undefined where it has not told one in time. */
  readonly names: readonly (string | undefined)[];
}

/** A device answers within milliseconds; between two events that may each take a while. */
const answerMs = 1500;
const pollMs = 20;

/** Asks who is behind a port; undefined if nobody answers. Throws a SerialError where the port cannot be used. */
export async function askPort(host: Host, path: string): Promise<Introduction | undefined> {
  const transport = await host.serial.open(path);
  let hello: Hello | undefined;
  let ended = false;
  const link = new DeviceLink(
    transport,
    (message) => {
      if (message.kind === "hello") hello = message;
    },
    () => (ended = true),
  );
  const namesOf = ({ containers }: Hello): (string | undefined)[] =>
    Array.from({ length: containers }, (_, index) => link.nameOf(index));
  try {
    await link.send({ kind: "who" });
    for (let waitedMs = 0; waitedMs < answerMs && !ended; waitedMs += pollMs) {
      await host.wait(pollMs);
      if (hello !== undefined && !namesOf(hello).includes(undefined)) break;
    }
  } finally {
    await link.close();
  }
  return hello && { hello, names: namesOf(hello) };
}

/** A port, and what is behind it: a device, an error of the port, or nobody who answers. */
export interface AskedPort {
  readonly port: SerialPortInfo;
  readonly device?: Introduction | undefined;
  readonly error?: SerialError;
}

/** Whether a port has the USB ids of a device. */
export function mayBeDevice(port: SerialPortInfo): boolean {
  return port.vendorId === thimbleUsb.vendorId && port.productId === thimbleUsb.productId;
}

/** Asks the ports one after the other. */
export async function askPorts(host: Host, ports: readonly SerialPortInfo[]): Promise<AskedPort[]> {
  const asked: AskedPort[] = [];
  for (const port of ports) {
    try {
      asked.push({ port, device: await askPort(host, port.path) });
    } catch (error) {
      if (!(error instanceof SerialError)) throw error;
      asked.push({ port, error });
    }
  }
  return asked;
}

/** The serial ports of boards on Linux, where nothing lists them. */
const boardPort = /^tty(ACM|USB)\d+$/;

/** The ports that may be devices, or with `all` every port. Throws a SerialError. */
export async function candidatePorts(host: Host, all: boolean): Promise<readonly SerialPortInfo[]> {
  try {
    const ports = await host.serial.list();
    return all ? ports : ports.filter(mayBeDevice);
  } catch (error) {
    if (!(error instanceof SerialError) || error.code !== "no-list") throw error;
    const names = host.platform === "linux" ? (host.disk.list("/dev") ?? []) : [];
    const ports = names.filter((name) => boardPort.test(name));
    if (ports.length === 0) throw error;
    return ports.map((name) => ({ path: `/dev/${name}` }));
  }
}

/** The id as people write it: 16 hexadecimal digits. */
export function idText({ id }: Hello): string {
  return Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
