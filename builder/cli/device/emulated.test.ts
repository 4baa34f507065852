/** The commands against the firmware itself: an emulated Pico at the other end of an emulated USB cable. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Pico } from "../../../runtime/emulator/emu/pico.js";
import { UsbHost } from "../../../runtime/emulator/emu/usb-host.js";
import { encodeFrame } from "../../../runtime/link/frames.js";
import { encodeHostMessage, type HostMessage } from "../../../runtime/link/messages.js";
import { thimbleUsb } from "../../../runtime/link/serial.js";
import type { Transport } from "../../../runtime/link/transport.js";
import { TestHost } from "../../../test/helpers/host.js";
import { flashImage } from "../../image/flash.js";
import { nativeImage } from "../../image/image.js";
import { firmwareFile } from "../firmware.js";
import { runProgram } from "../program.js";
import { Report } from "../report.js";
import { loadContainer } from "../container.js";
import { systemDisk } from "../terminal.js";

const port = "/dev/ttyACM0";

const echo = {
  manifest: `{
  "name": "echo",
  "needs": { "orders": { "subscribe": "orders" }, "answers": { "publish": "answers" } },
  "settings": { "add": { "type": "integer", "default": 1, "min": 0, "max": 100 } }
}
`,
  source: `import { log, onMessage } from "thimble";
import { answers, orders, settings } from "thimble/needs";

log("ready");
onMessage(orders, () => {
  answers.publishNumber(orders.readNumber(0, -1) + settings.add);
});
`,
};

const fragile = {
  manifest: '{ "name": "fragile", "needs": { "orders": { "subscribe": "orders" } } }\n',
  source: `import { onMessage } from "thimble";
import { orders } from "thimble/needs";

onMessage(orders, () => {
  assert(orders.readNumber(0, 0) != 13);
});
`,
};

/** A Pico with these apps; its time passes while the host waits. */
async function pico(
  host: TestHost,
  folders: readonly string[],
): Promise<{ send: (message: HostMessage) => void }> {
  const images = [];
  for (const folder of folders) {
    const { manifest, wasm } = await loadContainer(new Report(host, "", false), folder);
    const connections = manifest.needs.map(
      (need) => ({ kind: "topic", topic: "topic" in need ? need.topic : "" }) as const,
    );
    images.push(await nativeImage(manifest, wasm, connections));
  }
  const board = new Pico({ flash: flashImage(firmwareFile(host, "pico.bin"), images) });
  let usb: UsbHost | undefined;
  let receive: (bytes: Uint8Array) => void = () => undefined;
  board.onChip = (chip) => {
    usb = new UsbHost(chip.usbCtrl);
    usb.onBytes = (bytes) => receive(bytes);
  };
  host.wait = (ms) => {
    board.run(board.nowNs + ms * 1e6);
    host.onWait();
    return Promise.resolve();
  };
  const transport: Transport = {
    onBytes: (handler) => (receive = handler),
    onEnd: () => undefined,
    write: (bytes) => Promise.resolve(usb!.send(bytes)),
    close: () => Promise.resolve(),
  };
  host.serial = {
    list: () => Promise.resolve([{ path: port, ...thimbleUsb }]),
    open: () => Promise.resolve(transport),
  };
  return { send: (message) => usb!.send(encodeFrame(encodeHostMessage(message))) };
}

test("devices, doctor and logs with the firmware on an emulated Pico", async () => {
  const folder = mkdtempSync(join(tmpdir(), "thimble-emulated-"));
  try {
    for (const [name, app] of Object.entries({ echo, fragile })) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "thimble.json"), app.manifest);
      writeFileSync(join(folder, name, "app.ts"), app.source);
    }
    const host = new TestHost({ folder, disk: systemDisk });
    const { send } = await pico(host, ["echo", "fragile"]);
    await host.wait(50);

    assert.equal(await runProgram(["devices"], host), 0);
    assert.match(
      host.out.text,
      /^\/dev\/ttyACM0 {2}thimble 0\.1\.0 {2}id [0-9a-f]{16} {2}echo and fragile\n$/,
    );

    host.out.text = "";
    assert.equal(await runProgram(["doctor"], host), 0, host.out.text);

    host.out.text = "";
    const order = (text: string): void =>
      send({ kind: "message", topic: "orders", payload: new TextEncoder().encode(text) });
    const steps = [
      () => order("41"),
      () => send({ kind: "setting", container: 0, setting: 0, value: 100 }),
      () => order("13"),
      () => undefined,
      () => host.interrupt(),
    ];
    host.onWait = () => steps.shift()?.();
    assert.equal(await runProgram(["logs", "--app", "fragile"], host), 0);
    const lines = host.out.text.replaceAll(/^\S+  (?=\w+ )/gm, "").split("\n");
    assert.deepEqual(
      lines.filter((line) => /^(message|ended)/.test(line)),
      [
        "message echo  answers 42",
        "message echo  answers 113",
        "ended   fragile  unreachable: an assertion failed, an index was out of range or an error was thrown at fragile/app.ts:5:3; it is started again after a while",
      ],
    );
    assert.equal(host.err.text, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
