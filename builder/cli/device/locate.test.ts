import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TestHost } from "../../../test/helpers/host.js";
import { nativeImage } from "../../image/image.js";
import { decodePayload } from "../../image/payload.js";
import { runProgram } from "../program.js";
import { Report } from "../report.js";
import { loadContainer } from "../container.js";
import { systemDisk } from "../terminal.js";
import { Board, hello, portsOf } from "../../../test/helpers/serial-board.js";

const source = `import { every } from "thimble";
import { led } from "thimble/needs";

every(500, () => {
  led.toggle();
  assert(!led.read());
});
`;

/** `udf #1`, the end with \`unreachable\`: SPEC.md section 5. */
const unreachable = [0x01, 0xde];

test("logs --app tells the line that an app has ended at", async () => {
  const folder = mkdtempSync(join(tmpdir(), "thimble-locate-"));
  try {
    writeFileSync(join(folder, "app.ts"), source);
    writeFileSync(
      join(folder, "thimble.json"),
      '{ "name": "blink", "needs": { "led": { "gpio": "out" } } }\n',
    );
    const host = new TestHost({ folder, disk: systemDisk });
    const { manifest, wasm } = await loadContainer(new Report(host, "logs", false), ".");
    const { payload } = decodePayload((await nativeImage(manifest, wasm)).payload);
    const codeOffset = payload!.code.findIndex(
      (byte, at) => byte === unreachable[0] && payload!.code[at + 1] === unreachable[1],
    );
    assert.ok(codeOffset > 0);

    const board = new Board(hello, ["blink"]);
    host.serial = portsOf({ "/dev/ttyACM0": board });
    const end = {
      kind: "ended",
      container: 0,
      timeUs: 1,
      code: "unreachable",
      codeOffset,
      failures: 1,
      parked: false,
    } as const;
    const steps = [() => board.say(end)];
    let over = false;
    host.onWait = () => {
      const step = steps.shift();
      if (step !== undefined) step();
      else if (host.out.text.includes("ended")) over = true;
      if (over) host.interrupt();
    };
    assert.equal(await runProgram(["logs", "--app", "."], host), 0);
    assert.match(
      host.out.text,
      / ended {3}blink {2}unreachable: an assertion failed.* at app\.ts:6:3; it is started again/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
