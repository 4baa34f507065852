import assert from "node:assert/strict";
import { test } from "node:test";
import { contractVersion } from "../../../runtime/emulator/sim/contract.js";
import { SerialError, thimbleUsb } from "../../../runtime/link/serial.js";
import { TestHost } from "../../../test/helpers/host.js";
import { packagePath } from "../../../test/helpers/root.js";
import type { Disk, SerialPorts } from "../host.js";
import { runProgram } from "../program.js";
import { systemDisk } from "../terminal.js";
import { Board, hello, portsOf } from "../../../test/helpers/serial-board.js";
import { rightsHint } from "./failure.js";

/** The disk of this machine, but for some files and folders of its own. */
function disk(files: Readonly<Record<string, string | readonly string[]>> = {}): Disk {
  const own = (path: string): string | readonly string[] | undefined =>
    /^\/(dev|etc|media|run|mnt|Volumes)\b/.test(path) ? (files[path] ?? "") : undefined;
  return {
    ...systemDisk,
    read(path) {
      const content = own(path);
      if (content === undefined) return systemDisk.read(path);
      return typeof content === "string" && content !== ""
        ? new TextEncoder().encode(content)
        : undefined;
    },
    list(path) {
      const content = own(path);
      if (content === undefined) return systemDisk.list(path);
      return typeof content === "string" ? undefined : content;
    },
  };
}

function hostWith(serial: SerialPorts, files?: Parameters<typeof disk>[0]): TestHost {
  const host = new TestHost({ folder: packagePath(), disk: disk(files), env: { USER: "ada" } });
  host.serial = serial;
  return host;
}

const noList: SerialPorts = {
  list: () =>
    Promise.reject(
      new SerialError("no-list", "the system cannot list its serial ports: spawn udevadm ENOENT"),
    ),
  open: (path) => Promise.reject(new SerialError("no-port", `${path} does not exist`)),
};

test("devices lists who answers, and tells about ports that cannot be used", async () => {
  const host = hostWith(
    portsOf({
      "/dev/ttyACM0": new Board(hello, ["blink", "thermostat"]),
      "/dev/ttyACM1": new Board(undefined, []),
      "/dev/ttyACM12": new SerialError("in-use", "/dev/ttyACM12 is in use by another program"),
    }),
  );
  assert.equal(await runProgram(["devices"], host), 0);
  assert.equal(
    host.out.text,
    "/dev/ttyACM0   thimble 0.1.0  id e660583883123456  blink and thermostat\n" +
      "/dev/ttyACM1   does not answer\n" +
      "/dev/ttyACM12  in use\n",
  );
  assert.equal(
    host.err.text,
    "warning: /dev/ttyACM12 is in use by another program\n" +
      "  hint: Close the program that uses it, such as a serial monitor or another thimble.\n",
  );
});

test("devices --json", async () => {
  const host = hostWith(
    portsOf({
      "/dev/ttyACM0": new Board({ ...hello, resetReason: "watchdog", running: 0 }, ["blink"]),
    }),
  );
  assert.equal(await runProgram(["devices", "--json"], host), 0);
  assert.deepEqual(JSON.parse(host.out.text), {
    command: "devices",
    ok: true,
    exitCode: 0,
    diagnostics: [],
    devices: [
      {
        port: "/dev/ttyACM0",
        ...thimbleUsb,
        answers: true,
        id: "e660583883123456",
        firmware: "0.1.0",
        contract: contractVersion,
        resetReason: "watchdog",
        running: 0,
        wrongFrames: 0,
        containers: ["blink"],
      },
    ],
  });
});

test("devices asks only ports with the ids of thimble, or all of them if it should", async () => {
  const board = new Board(hello, []);
  const ports = {
    ...portsOf({ "/dev/ttyUSB0": board }),
    list: () => Promise.resolve([{ path: "/dev/ttyUSB0", vendorId: "0403" }]),
  };
  const host = hostWith(ports);
  await runProgram(["devices"], host);
  assert.match(host.out.text, /^there is no device at a serial port\n/);
  const all = hostWith(ports);
  await runProgram(["devices", "--all"], all);
  assert.match(all.out.text, /^\/dev\/ttyUSB0 {2}thimble 0.1.0 .* no apps\n$/);
});

test("without udevadm, the ports of boards are found in /dev", async () => {
  const host = hostWith(
    { ...noList, open: portsOf({ "/dev/ttyACM3": new Board(hello, ["blink"]) }).open },
    { "/dev": ["tty0", "ttyACM3", "ttyS0"] },
  );
  assert.equal(await runProgram(["devices"], host), 0);
  assert.match(host.out.text, /^\/dev\/ttyACM3 {2}thimble 0.1.0 .* blink\n$/);
});

const line = (timeUs: number, text: string, level = "info") =>
  ({ kind: "log", container: 0, timeUs, level, text }) as const;

/** Runs `logs` on a board; `steps` happen one after the other while it waits, the last is followed by Ctrl-C. */
async function logs(
  board: Board,
  args: readonly string[],
  ...steps: readonly (() => void)[]
): Promise<{ code: number; host: TestHost }> {
  const host = hostWith(portsOf({ "/dev/ttyACM0": board }));
  const queue = [...steps];
  host.onWait = () => {
    const step = queue.shift();
    if (step === undefined) host.interrupt();
    else step();
  };
  return { code: await runProgram(["logs", ...args], host), host };
}

test("logs shows what waited in the board with its names, then what comes, and closes the port", async () => {
  const board = new Board(hello, ["blink"]);
  board.waiting = [line(5, "before anybody asked")];
  const { code, host } = await logs(board, [], () => {
    board.say(
      {
        kind: "message",
        container: 0,
        timeUs: 1_500_000,
        topic: "light",
        payload: new TextEncoder().encode('{"on":1}'),
      },
      {
        kind: "message",
        container: 0,
        timeUs: 1_600_000,
        topic: "raw",
        payload: Uint8Array.of(0xff, 0),
      },
      line(2_000_000, "hot", "warning"),
      {
        kind: "ended",
        container: 0,
        timeUs: 3_000_000,
        code: "time-budget",
        codeOffset: null,
        failures: 1,
        parked: false,
      },
      {
        kind: "ended",
        container: 0,
        timeUs: 4_000_000,
        code: "unreachable",
        codeOffset: 14,
        failures: 5,
        parked: true,
      },
      line(90_061_000_000, "a day\u001b[2J later"),
    );
  });
  assert.equal(code, 0);
  assert.equal(
    host.out.text,
    `00:00:00.000  log     blink  before anybody asked
thimble 0.1.0, id e660583883123456, last reset: power-on
00:00:00.000  started blink
00:00:01.500  message blink  light {"on":1}
00:00:01.600  message blink  raw FF 00
00:00:02.000  log     blink  warning: hot
00:00:03.000  ended   blink  time-budget: an event took longer than limits.eventMs; it is started again after a while
00:00:04.000  ended   blink  unreachable: an assertion failed, an index was out of range or an error was thrown at byte 14 of its code; it has failed 5 times and is not started again
1d 01:01:01.000  log     blink  a day\\x1b[2J later
`,
  );
  assert.equal(host.err.text, "");
  assert.equal(board.isOpen, false);
});

test("logs --json prints a document a line", async () => {
  const board = new Board(hello, ["blink"]);
  const { host } = await logs(board, ["--json"], () => board.say(line(1, "hi")));
  const documents = host.out.text
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as { kind: string });
  assert.deepEqual(
    documents.map(({ kind }) => kind),
    ["hello", "started", "log"],
  );
  assert.deepEqual(documents[2], { name: "blink", ...line(1, "hi") });
});

test("logs sees that a port is no more though its stream does not end", async () => {
  const board = new Board(hello, ["blink"]);
  let isThere = true;
  const host = new TestHost({
    folder: packagePath(),
    disk: { ...disk(), exists: (path) => path === "/dev/ttyACM0" && isThere },
  });
  host.serial = portsOf({ "/dev/ttyACM0": board });
  const steps = [
    () => (isThere = false),
    () => {
      assert.equal(board.isOpen, false);
      isThere = true;
    },
    () => board.say(line(9, "again")),
  ];
  host.onWait = () => {
    const step = steps.shift();
    if (step === undefined) host.interrupt();
    else step();
  };
  assert.equal(await runProgram(["logs"], host), 0);
  assert.equal(
    host.err.text,
    "/dev/ttyACM0 is gone: the device was unplugged or restarted; waiting for it, Ctrl-C ends\n/dev/ttyACM0 is back\n",
  );
});

test("logs waits for a board that was unplugged, and tells so", async () => {
  const board = new Board(hello, ["blink"]);
  const { code, host } = await logs(
    board,
    [],
    () => board.unplug(),
    () => (board.isOpen = true), // another program has it first
    () => (board.isOpen = false),
    () => undefined,
    () => board.say(line(9, "again")),
  );
  assert.equal(code, 0);
  assert.equal(
    host.err.text,
    "/dev/ttyACM0 is gone: the device was unplugged or restarted; waiting for it, Ctrl-C ends\n/dev/ttyACM0 is back\n",
  );
  assert.match(host.out.text, /again\n$/);
});

test("Ctrl-C ends logs also while it waits for a board", async () => {
  const board = new Board(hello, ["blink"]);
  const { code } = await logs(board, [], () => {
    board.unplug();
    board.isOpen = true;
  });
  assert.equal(code, 0);
});

test("a board that says nothing of its names is shown by number", async () => {
  const board = new Board(undefined, []);
  const { host } = await logs(
    board,
    [],
    () => board.say(line(1, "hi")),
    ...Array.from({ length: 20 }, () => () => undefined),
  );
  assert.equal(host.out.text, "00:00:00.000  log     #0  hi\n");
});

test("logs needs one board, or its name", async () => {
  const none = hostWith(portsOf({}));
  assert.equal(await runProgram(["logs"], none), 3);
  assert.match(
    none.err.text,
    /^error: no serial port has a device behind it\n {2}hint: Plug a board in/,
  );
  const two = hostWith(
    portsOf({ "/dev/ttyACM0": new Board(hello, []), "/dev/ttyACM1": new Board(hello, []) }),
  );
  assert.equal(await runProgram(["logs"], two), 2);
  assert.match(
    two.err.text,
    /hint: Name one of them: --device \/dev\/ttyACM0, --device \/dev\/ttyACM1\.\n$/,
  );
  const wrong = hostWith(portsOf({}));
  assert.equal(await runProgram(["logs", "--device", "COM7"], wrong), 3);
  assert.equal(
    wrong.err.text,
    'error: COM7 does not exist\n  hint: "thimble devices" tells which ports there are.\n',
  );
});

test("doctor is content with a board that answers", async () => {
  const host = hostWith(portsOf({ "/dev/ttyACM0": new Board(hello, ["blink"]) }));
  assert.equal(await runProgram(["doctor"], host), 0);
  assert.equal(
    host.out.text,
    `ok      Node.js              20.11.0
ok      serial ports         1 port
ok      rights               a port could be opened
ok      device /dev/ttyACM0  thimble 0.1.0, id e660583883123456
`,
  );
});

/** What is wrong, and what doctor says of it. */
const wrongs: readonly (readonly [
  what: string,
  host: () => TestHost,
  name: string,
  found: RegExp,
  fix: RegExp,
])[] = [
  [
    "an old Node.js",
    () => Object.assign(hostWith(portsOf({})), { nodeVersion: "18.19.1" }),
    "Node.js",
    /^18\.19\.1$/,
    /^Install Node\.js 20 or later\.$/,
  ],
  [
    "no udevadm",
    () => hostWith(noList),
    "serial ports",
    /udevadm/,
    /^Install udev, "sudo apt-get install udev"/,
  ],
  [
    "no rights at a port",
    () =>
      hostWith(
        portsOf({
          "/dev/ttyACM0": new SerialError("not-allowed", "/dev/ttyACM0 may not be opened"),
        }),
      ),
    "rights",
    /^\/dev\/ttyACM0 may not be opened$/,
    /echo 'SUBSYSTEM=="tty", ATTRS\{idVendor\}=="1209", ATTRS\{idProduct\}=="0001", TAG\+="uaccess"' \| sudo tee \/etc\/udev\/rules\.d\/70-thimble\.rules/,
  ],
  [
    "no group and no rule",
    () => hostWith(portsOf({}), { "/etc/group": "root:x:0:\ndialout:x:20:grace\nada:x:1000:\n" }),
    "rights",
    /^ada is in no group of serial ports/,
    /usermod -aG dialout/,
  ],
  ["no board", () => hostWith(portsOf({})), "board", /^none is plugged in/, /BOOTSEL/],
  [
    "a Pico 2",
    () =>
      hostWith(portsOf({}), {
        "/media/ada": ["RP2350"],
        "/media/ada/RP2350/INFO_UF2.TXT": "Board-ID: RP2350\r\n",
      }),
    "drive /media/ada/RP2350",
    /^a board RP2350/,
    /Raspberry Pi Pico/,
  ],
  [
    "a board that does not answer",
    () => hostWith(portsOf({ "/dev/ttyACM0": new Board(undefined, []) })),
    "device /dev/ttyACM0",
    /^does not answer$/,
    /plug it in again/,
  ],
  [
    "another firmware",
    () => hostWith(portsOf({ "/dev/ttyACM0": new Board({ ...hello, firmware: "0.0.9" }, []) })),
    "device /dev/ttyACM0",
    /^thimble 0\.0\.9/,
    /^"thimble flash --port \/dev\/ttyACM0"/,
  ],
  [
    "no package serialport",
    () =>
      hostWith({
        ...noList,
        list: () =>
          Promise.reject(
            new SerialError(
              "no-package",
              "the package serialport is not installed, or has no build for this system",
            ),
          ),
      }),
    "serial ports",
    /serialport is not installed/,
    /npm install/,
  ],
];

for (const [what, makeHost, name, found, fix] of wrongs) {
  test(`doctor: ${what}`, async () => {
    const host = makeHost();
    assert.equal(await runProgram(["doctor", "--json"], host), 3);
    const { checks } = JSON.parse(host.out.text) as {
      checks: { name: string; ok: boolean; found: string; fix?: string }[];
    };
    const check = checks.find((one) => one.name === name);
    assert.equal(check?.ok, false);
    assert.match(check.found, found);
    assert.match(check.fix ?? "", fix);
  });
}

test("doctor: a member of dialout, the rule, and root have the right to use ports", async () => {
  const checkOf = async (files: Parameters<typeof disk>[0], user = "ada"): Promise<string> => {
    const host = hostWith(portsOf({}), files);
    host.env["USER"] = user;
    await runProgram(["doctor"], host);
    return /^(.*)rights +(.*)$/m.exec(host.out.text)!.slice(1).join("");
  };
  assert.equal(
    await checkOf({ "/etc/group": "dialout:x:20:grace,ada\n" }),
    "ok      ada is in the group dialout",
  );
  const rule = /echo '(.*)' \|/.exec(rightsHint)![1]!;
  assert.equal(
    await checkOf({ "/etc/udev/rules.d/70-thimble.rules": `${rule}\n` }),
    "ok      there is /etc/udev/rules.d/70-thimble.rules",
  );
  assert.equal(await checkOf({}, "root"), "ok      the user is root");
});

test("doctor: only Linux has rights of its own", async () => {
  const host = hostWith(portsOf({ COM3: new Board(hello, []) }));
  host.platform = "win32";
  assert.equal(await runProgram(["doctor"], host), 0);
  assert.doesNotMatch(host.out.text, /rights/);
});
