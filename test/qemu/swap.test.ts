import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredContainer } from "../../builder/image/store.js";
import { encodeFrame } from "../../runtime/link/frames.js";
import { encodeHostMessage } from "../../runtime/link/messages.js";
import { type QemuInput, qemuMachines, qemuMissing } from "../helpers/qemu.js";
import { asked, runStore, stored } from "./containers.js";

const skip = qemuMissing() ?? false;

/** Raises its pin when it starts, and drops it every millisecond from then on; what it keeps in memory counts. */
const version = (name: string, pin: number, handler: string): StoredContainer =>
  stored({
    name,
    memoryBytes: 256,
    pins: [pin],
    code: `
start:
  movs r0, #0
  movs r1, #1
  svc #gpio_write
  movs r0, #1
  movs r1, #1
  svc #timer_every
  bx lr
handler1:
${handler}
  bx lr`,
  });

const toggle = "movs r0, #0\n  svc #gpio_toggle";
const swap = (timeUs: number, to: number): QemuInput => ({
  timeUs,
  link: encodeFrame(encodeHostMessage({ kind: "swap", container: 0, version: to })),
});

for (const machine of qemuMachines) {
  test(`${machine}: versions take each other's place, and one that fails goes`, { skip }, () => {
    const neighbour = version("neighbour", 4, toggle);
    const app = {
      ...version("app", 1, toggle),
      versions: [version("app", 2, toggle), version("app", 3, "udf #1")],
    };
    const seen = runStore(machine, [app, neighbour], {
      forMs: 40,
      inputs: [swap(5_200, 1), swap(10_200, 2), swap(15_200, 7), { ...asked, timeUs: 20_200 }],
    });
    assert.equal(seen.exit, 0);
    const told = seen.messages.flatMap((message) => {
      if (message.kind === "swapped")
        return [`${message.version} ${message.outcome} ${message.reason}`];
      if (message.kind === "ended") return [`${message.container} ${message.code}`];
      return message.kind === "started" ? [`${message.name} ${message.version}`] : [];
    });
    // The version that stands by is the first one: version 2 has replaced one on trial.
    assert.deepEqual(told, [
      "1 trial null",
      "2 trial null",
      "0 unreachable",
      "0 back unreachable",
      "0 refused not-found",
      "app 0",
      "neighbour 0",
    ]);
    const edges = (pin: number, fromMs: number, toMs: number): number =>
      seen.trace.filter(
        (entry) => entry.pin === pin && entry.timeUs >= fromMs * 1000 && entry.timeUs < toMs * 1000,
      ).length;
    assert.ok(edges(1, 0, 5.2) >= 5 && edges(1, 6, 10) === 0 && edges(1, 13, 40) >= 26);
    assert.ok(edges(2, 0, 5) === 0 && edges(2, 5.2, 10.2) >= 4 && edges(2, 11, 40) === 0);
    assert.equal(edges(3, 12, 40), 0);
    assert.ok(edges(4, 0, 40) >= 38, "the neighbour goes on all the time");
  });
}
