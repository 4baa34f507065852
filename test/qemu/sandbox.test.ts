import assert from "node:assert/strict";
import { test } from "node:test";
import { trapCodes } from "../../runtime/emulator/sim/contract.js";
import { qemuMachines, qemuMissing } from "../helpers/qemu.js";
import { assemble, type Hand, runStore, stored } from "./containers.js";

const skip = qemuMissing() ?? false;

/** A neighbour that behaves: it inverts pin 25 each 10 ms. */
const metronome: Hand = {
  name: "metronome",
  pins: [25],
  code: `
start:
    movs r0, #10
    movs r1, #1
    svc #timer_every
    bx lr
handler1:
    movs r0, #0
    svc #gpio_toggle
    bx lr`,
};

interface Case extends Omit<Hand, "name"> {
  /** How it ends; it does if the place is the label `here`. */
  readonly end: string;
}

const recursion = `
start:
    push {r0-r7, lr}
    bl start`;

/** One way each for a container to end. Label `here` is where; without it the end lies outside of the code. */
const cases: Readonly<Record<string, Case>> = {
  "endless-loop": { end: "time-budget", code: "start: here: b start" },
  "long-loop": { end: "time-budget", eventMs: 150, code: "start: here: b start" },
  "wild-store": { end: "memory-bounds", code: "start: ldr r1, =0x20000000\nhere: str r0, [r1]" },
  "wild-load": { end: "memory-bounds", code: "start: ldr r1, =0xE000ED00\nhere: ldr r0, [r1]" },
  "own-code": { end: "memory-bounds", code: "start: mov r1, pc\nhere: str r0, [r1]" },
  flash: { end: "memory-bounds", code: "start: movs r1, #0\nhere: ldr r0, [r1]" },
  "past-memory": {
    end: "memory-bounds",
    memoryBytes: 320,
    code: "start: mov r1, r8\nmovs r0, #160\nlsls r0, #1\nhere: ldrb r0, [r1, r0]",
  },
  "below-memory": {
    end: "memory-bounds",
    memoryBytes: 256,
    code: "start: mov r1, r8\nsubs r1, #1\nhere: strb r0, [r1]",
  },
  "load-multiple": {
    end: "memory-bounds",
    memoryBytes: 256,
    code: "start: mov r1, r8\nadds r1, #248\nhere: ldmia r1!, {r2-r5}",
  },
  recursion: { end: "stack-overflow", code: recursion },
  "recursion-unbounded": { end: "stack-overflow", stackBytes: null, code: recursion },
  "deep-frame": {
    end: "stack-overflow",
    code: "start: ldr r0, =-5000\nadd sp, r0\nstr r0, [sp, #4]",
  },
  "stack-away": {
    end: "stack-overflow",
    code: "start: ldr r0, =0x20001000\nmov sp, r0\nsvc #clock_micros\nb start",
  },
  "stack-in-memory": {
    end: "stack-overflow",
    memoryBytes: 256,
    code: "start: mov r0, r8\nadds r0, #128\nmov sp, r0\nsvc #clock_micros\nb start",
  },
  "stack-in-flash": {
    end: "stack-overflow",
    code: "start: mov r0, pc\nmov sp, r0\nsvc #clock_micros\nb start",
  },
  "undefined-0": { end: "bad-instruction", code: "start: here: udf #0" },
  "undefined-200": { end: "bad-instruction", code: "start: here: udf #200" },
  breakpoint: { end: "bad-instruction", code: "start: here: bkpt #0xab" },
  "no-thumb": {
    end: "bad-instruction",
    code: "start: adr r0, there\nbx r0\n.balign 4\nthere: here: bx lr",
  },
  "execute-data": {
    end: "bad-instruction",
    memoryBytes: 256,
    data: [{ address: 0, bytes: Uint8Array.of(0x70, 0x47, 0x70, 0x47) }],
    code: "start: mov r0, r8\nadds r0, #1\nbx r0",
  },
  "execute-stack": { end: "bad-instruction", code: "start: mov r0, sp\nsubs r0, #15\nbx r0" },
  "execute-kernel": { end: "bad-instruction", code: "start: movs r0, #0xc1\nbx r0" },
  "call-1": { end: "unknown-call", code: "start: here: svc #1" },
  "call-15": { end: "unknown-call", code: "start: here: svc #15" },
  "call-255": { end: "unknown-call", code: "start: here: svc #255" },
  "bad-handle": { end: "bad-handle", code: "start: movs r0, #7\nhere: svc #gpio_toggle" },
  "raise-privilege": {
    end: "memory-bounds",
    code: "start: movs r0, #0\nmsr control, r0\nisb\nldr r1, =0x20000000\nhere: ldr r0, [r1]",
  },
  "mask-interrupts": {
    end: "time-budget",
    code: "start: cpsid i\nmovs r0, #1\nmsr primask, r0\nhere: b here",
  },
  "misaligned-past-end": {
    end: "memory-bounds",
    memoryBytes: 256,
    code: "start: mov r0, r8\nadds r0, #254\nhere: ldr r1, [r0]",
  },
  "misaligned-wrapping": {
    end: "memory-bounds",
    memoryBytes: 256,
    code: "start: mov r0, r8\nsubs r0, #2\nhere: str r1, [r0]",
  },
  "misaligned-kernel": {
    end: "memory-bounds",
    memoryBytes: 256,
    code: "start: ldr r0, =0x20000001\nhere: strh r0, [r0]",
  },
};

/** `udf` with each code; whether its health is missed no container says of itself. */
const traps = Object.fromEntries(
  trapCodes
    .map((code) => (code === "health-missed" ? "bad-instruction" : code))
    .map((end, code): [string, Case] => [
      `trap-${code}`,
      { end, code: `start: here: udf #${code}` },
    ])
    .slice(1),
);

for (const machine of qemuMachines) {
  test(
    `${machine}: each container ends as it should, and its neighbour does not notice`,
    { skip },
    () => {
      const all = Object.entries({ ...cases, ...traps });
      const containers = all.map(([name, hand]) => stored({ name, ...hand }));
      const alone = runStore(machine, [stored(metronome)], { forMs: 400 });
      const { exit, messages, trace } = runStore(machine, [...containers, stored(metronome)], {
        forMs: 800,
      });
      assert.equal(exit, 0);
      const ends = messages.filter((message) => message.kind === "ended");
      const first = all.map(([name], container) => {
        const end = ends.find((message) => message.container === container);
        return [name, end?.code, end?.codeOffset];
      });
      const expected = all.map(([name, { end, code }]) => [
        name,
        end,
        assemble(code).labels.get("here") ?? null,
      ]);
      assert.deepEqual(first, expected);
      const levels = (run: typeof trace): number[] => run.map(({ value }) => value).slice(0, 20);
      assert.deepEqual(levels(trace), levels(alone.trace));
      assert.equal(levels(trace).length, 20);
    },
  );
}
