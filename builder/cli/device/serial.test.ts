/** The commands over a serial port of the system: a pseudo terminal that python3 holds the other end of. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { test } from "node:test";
import {
  listSerialPorts,
  openSerialPort,
  SerialError,
  thimbleUsb,
} from "../../../runtime/link/serial.js";
import { TestHost } from "../../../test/helpers/host.js";
import { packagePath } from "../../../test/helpers/root.js";
import { runProgram } from "../program.js";
import { systemDisk } from "../terminal.js";
import { hello, spoken } from "../../../test/helpers/serial-board.js";

const python = spawnSync("python3", ["-c", "import pty"]).status === 0;
const options =
  python && process.platform !== "win32" ? {} : { skip: "needs python3 and pseudo terminals" };

/** A board that answers with these bytes; `unplug` takes it away. */
async function board(answer: Uint8Array): Promise<{ port: string; unplug: () => Promise<void> }> {
  const script = packagePath("test", "helpers", "pty-board.py");
  const child = spawn("python3", [script, Buffer.from(answer).toString("hex")]);
  const failed = once(child, "exit").then(() => Promise.reject(new Error("python3 has ended")));
  const [line] = (await Promise.race([once(child.stdout, "data"), failed])) as [Buffer];
  failed.catch(() => undefined);
  const unplug = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    child.stdin.end();
    await once(child, "exit");
  };
  return { port: line.toString().trim(), unplug };
}

/** A host whose serial ports and time are real. */
function realHost(): TestHost {
  const host = new TestHost({ folder: packagePath(), disk: systemDisk });
  host.serial = { list: listSerialPorts, open: openSerialPort };
  host.wait = (ms) => {
    host.onWait();
    return new Promise((resolve) => void setTimeout(resolve, Math.min(ms, 50)));
  };
  return host;
}

test("logs over a serial port, until the board is unplugged and Ctrl-C", options, async () => {
  const started = { kind: "started", container: 0, timeUs: 1, name: "blink", version: 0 } as const;
  const line = {
    kind: "log",
    container: 0,
    timeUs: 2_000_000,
    level: "info",
    text: "hello there",
  } as const;
  const { port, unplug } = await board(spoken(hello, started, line));
  const host = realHost();
  let unplugged: Promise<void> | undefined;
  host.onWait = () => {
    if (unplugged === undefined && host.out.text.includes("hello there")) unplugged = unplug();
    if (host.err.text.includes("is gone")) host.interrupt();
  };
  assert.equal(await runProgram(["logs", "--device", port], host), 0);
  await unplugged;
  assert.equal(
    host.out.text,
    "thimble 0.1.0, id e660583883123456, last reset: power-on\n" +
      "00:00:00.000  started blink\n" +
      "00:00:02.000  log     blink  hello there\n",
  );
  assert.equal(
    host.err.text,
    `${port} is gone: the device was unplugged or restarted; waiting for it, Ctrl-C ends\n`,
  );
});

test("a port that is in use or does not exist is told by its name", options, async () => {
  const { port, unplug } = await board(new Uint8Array());
  const transport = await openSerialPort(port);
  try {
    await assert.rejects(
      openSerialPort(port),
      new SerialError("in-use", `${port} is in use by another program`),
    );
  } finally {
    await transport.close();
    await unplug();
  }
  await assert.rejects(
    openSerialPort("/dev/ttyNone9"),
    (error) => error instanceof SerialError && error.code === "no-port",
  );
});

test("the USB ids are those of the firmware", () => {
  const text = readFileSync(packagePath("runtime", "ports", "rp2040", "usb-descriptors.h"), "utf8");
  const id = (name: string): string | undefined =>
    new RegExp(`#define ${name} 0x(\\w+)`).exec(text)?.[1];
  assert.deepEqual(thimbleUsb, { vendorId: id("USB_VENDOR"), productId: id("USB_PRODUCT") });
});
