import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceMessage } from "../../runtime/link/messages.js";
import { type QemuMachine, qemuMachines, qemuMissing } from "../helpers/qemu.js";
import { type Hand, runStore, type Seen, stored } from "./containers.js";

const skip = qemuMissing() ?? false;

/** Writes the number in r2 as a line ` 42` to the log. */
const log = "movs r0, #0\nmovs r1, #0\nmovs r3, #0\nsvc #log_number\n";

function live(machine: QemuMachine, hands: readonly Hand[], forMs: number): Seen {
  const seen = runStore(machine, hands.map(stored), { forMs });
  assert.equal(seen.exit, 0);
  return seen;
}

/** The numbers that a container has logged. */
function numbers({ messages }: Seen, container = 0): number[] {
  return messages
    .filter((message) => message.kind === "log" && message.container === container)
    .map((message) => Number((message as DeviceMessage & { kind: "log" }).text));
}

function ends({ messages }: Seen): unknown[] {
  return messages
    .filter((message) => message.kind === "ended")
    .map(({ container, code, codeOffset }) => [container, code, codeOffset]);
}

for (const machine of qemuMachines) {
  test(`${machine}: a container gets its value, its places, and nothing else`, { skip }, () => {
    const registers = [1, 2, 3, 4, 5, 6, 7, "r11", "r12"].map((register) =>
      typeof register === "number"
        ? `cmp r${register}, #0\nbne wrong\n`
        : `mov r1, ${register}\ncmp r1, #0\nbne wrong\n`,
    );
    const code = `
start:
    cmp r0, #0
    bne wrong
    ${registers.join("")}
    mov r1, r10
    cmp r1, sp
    bne wrong
    ldr r2, [r1, #4]
    movs r3, #0
    adds r3, #255
    adds r3, #1
    cmp r2, r3
    bne wrong
    mov r1, r8
    lsls r1, #29
    bne wrong
    movs r2, #42
    ${log}
    bx lr
wrong:
    udf #1`.replace("mov r3, #0", "movs r3, #0");
    const seen = live(machine, [{ name: "entry", memoryBytes: 256, code }], 50);
    assert.deepEqual(ends(seen), []);
    assert.deepEqual(numbers(seen), [42]);
  });

  test(`${machine}: a host call keeps all registers but those of its result`, { skip }, () => {
    const code = `
start:
    ldr r4, =0x12345678
    mov r1, r4
    movs r0, #0
    svc #gpio_toggle
    cmp r0, #0
    bne wrong
    cmp r1, r4
    bne wrong
    movs r0, #0
    svc #gpio_read
    cmp r0, #1
    bne wrong
    cmp r1, r4
    bne wrong
    mov r2, r4
    mov r3, r4
    svc #clock_micros
    cmp r1, #0
    bne wrong
    cmp r2, r4
    bne wrong
    cmp r3, r4
    bne wrong
    bx lr
wrong:
    udf #1`;
    assert.deepEqual(ends(live(machine, [{ name: "results", pins: [3], code }], 50)), []);
  });

  test(
    `${machine}: globals live on while others use the stack, and are new after an end`,
    { skip },
    () => {
      const counter = (periodMs: number): string => `
begin:
    mov r1, r10
    ldr r0, [r1, #84]
    adds r0, #1
    str r0, [r1, #84]
    bx lr
start:
    movs r0, #${periodMs}
    movs r1, #1
    svc #timer_every
    bx lr
handler1:
    mov r1, r10
    ldr r2, [r1, #80]
    adds r2, #1
    str r2, [r1, #80]
    ldr r0, [r1, #84]
    cmp r2, #105
    beq wrong
    add r2, r0
    ${log}
    bx lr
wrong:
    udf #1
collect:
    mov r1, r10
    ldr r2, [r1, #80]
    adds r2, #0
    str r2, [r1, #80]
    bx lr`;
      const hands = [10, 7].map((periodMs): Hand => {
        return { name: `counter-${periodMs}`, globals: [100, 200], code: counter(periodMs) };
      });
      const seen = live(machine, hands, 1090);
      const life = [302, 303, 304, 305];
      assert.deepEqual(numbers(seen, 0), [...life, 302, 303, 304]);
      assert.deepEqual(numbers(seen, 1).slice(0, 8), [...life, ...life]);
    },
  );

  test(`${machine}: nothing of the last owner is left on the stack`, { skip }, () => {
    const spill: Hand = {
      name: "spill",
      stackBytes: 3000,
      globals: [-1, -1, -1, -1],
      code: `
start:
    mov r1, sp
    ldr r2, =1200
    lsls r2, #1
    subs r2, r1, r2
    mvns r3, r3
1:  subs r1, #4
    str r3, [r1]
    cmp r1, r2
    bhi 1b
    bx lr`,
    };
    const search: Hand = {
      name: "search",
      stackBytes: null,
      code: `
start:
    mov r1, sp
    lsrs r2, r1, #12
    lsls r2, r2, #12
    subs r1, #32
    movs r3, #0
1:  subs r1, #4
    ldr r0, [r1]
    orrs r3, r0
    cmp r1, r2
    bhi 1b
    mov r1, r10
    ldr r0, [r1, #8]
    orrs r3, r0
    mov r2, r3
    ${log}
    bx lr`,
    };
    const seen = live(machine, [spill, search], 50);
    assert.deepEqual(ends(seen), []);
    assert.deepEqual(numbers(seen, 1), [0]);
  });

  test(`${machine}: memory begins as the module states, and again after an end`, { skip }, () => {
    const code = `
start:
    mov r4, r8
    ldr r2, [r4, #16]
    ldr r1, [r4, #28]
    add r2, r1
    ldr r1, [r4, #20]
    add r2, r1
    str r2, [r4, #20]
    ${log}
    movs r0, #1
    svc #timer_after
    bx lr
handler1:
    udf #1`.replace("movs r0, #1\n", "movs r0, #1\n    movs r1, #1\n");
    const data = [
      { address: 16, bytes: Uint8Array.of(7, 0, 0, 0) },
      { address: 28, bytes: Uint8Array.of(9, 0, 0, 0) },
    ];
    const seen = live(machine, [{ name: "memory", memoryBytes: 256, data, code }], 1100);
    assert.deepEqual(numbers(seen), [16, 16]);
  });

  test(`${machine}: a misaligned access inside of memory is completed`, { skip }, () => {
    const check = (register: string, value: string): string =>
      `ldr r3, =${value}\ncmp ${register}, r3\nbne wrong\n`;
    const code = `
start:
    mov r4, r8
    movs r5, #2
    ldr r0, [r4, r5]
    ${check("r0", "0x85848382")}
    adds r6, r4, #1
    ldr r7, [r6, #4]
    ${check("r7", "0x88878685")}
    ldrh r1, [r6]
    ${check("r1", "0x8281")}
    movs r5, #3
    ldrh r2, [r4, r5]
    ${check("r2", "0x8483")}
    ldrsh r5, [r4, r5]
    ${check("r5", "0xffff8483")}
    ldr r7, =0xa1b2c3d4
    str r7, [r6, #8]
    ldr r1, [r6, #8]
    ${check("r1", "0xa1b2c3d4")}
    ldrb r1, [r4, #13]
    ${check("r1", "0x8d")}
    movs r5, #19
    strh r7, [r4, r5]
    strh r7, [r6, #20]
    ldrb r1, [r4, #20]
    ${check("r1", "0xc3")}
    ldrb r1, [r4, #22]
    ${check("r1", "0xc3")}
    movs r5, #254
    subs r5, #3
    ldr r0, [r4, r5]
    bx lr
wrong:
    udf #1`;
    const data = [{ address: 0, bytes: Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i) }];
    const seen = live(machine, [{ name: "misaligned", memoryBytes: 256, data, code }], 50);
    assert.deepEqual(ends(seen), []);
  });
}
