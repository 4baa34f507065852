import assert from "node:assert/strict";
import { test } from "node:test";
import { qemuMissing, qemuProgram } from "../helpers/qemu.js";
import { type Hand, runStore, stored } from "./containers.js";

const skip = qemuMissing() ?? false;

/** The clock counts instructions: one takes 1.024 us. */
const counted = { instructionNsLog2: 10 };
const machine = "mps2-an385";
const rounds = 1000;

/** Logs how long so many rounds of an instruction take. */
function timed(name: string, instruction: string): Hand {
  const code = `
start:
    svc #clock_micros
    mov r6, r0
    ldr r7, =${rounds}
1:  movs r0, #0
    ${instruction}
    subs r7, #1
    bne 1b
    svc #clock_micros
    subs r2, r0, r6
    movs r0, #0
    movs r1, #0
    movs r3, #0
    svc #log_number
    bx lr`;
  return { name, pins: [3], eventMs: 10_000, code };
}

test("a host call takes few instructions", { skip }, (context) => {
  const calls = ["nop", "svc #device_get_reset_reason", "svc #gpio_read", "svc #clock_micros"];
  const hands = calls.map((call, index) => timed(`call-${index}`, call));
  const { messages } = runStore(machine, hands.map(stored), { forMs: 10_000, ...counted });
  const spent = messages.flatMap((each) => (each.kind === "log" ? [Number(each.text)] : []));
  assert.equal(spent.length, calls.length);
  const instructions = spent.map((us) => Math.round((us - spent[0]!) / 1.024 / rounds) + 1);
  calls.forEach((call, index) =>
    context.diagnostic(`${call}: ${instructions[index]} instructions`),
  );
  assert.ok(instructions[1]! <= 120, "with all checks; the exception itself is no instruction");
});

test("a container is made new in few instructions", { skip }, (context) => {
  const sizes = [0, 256, 1024, 4096];
  const code = "start: movs r0, #0\nsvc #gpio_toggle\nbx lr";
  const hands = [0, ...sizes].map((memoryBytes, index): Hand => {
    return { name: `size-${index}`, pins: [3], memoryBytes, globals: [1, 2], code };
  });
  const { trace } = runStore(machine, hands.map(stored), { forMs: 1000, ...counted });
  const starts = trace.map(({ timeUs }) => timeUs);
  assert.equal(starts.length, hands.length);
  const spent = sizes.map((_, index) => Math.round((starts[index + 1]! - starts[index]!) / 1.024));
  sizes.forEach((bytes, index) =>
    context.diagnostic(
      `${bytes} bytes: ${spent[index]} instructions from one start to the next, which inverts a pin`,
    ),
  );
  assert.ok(spent[3]! - spent[0]! <= 700, "eight words in four instructions");
});

test("engine and sandbox are small", { skip }, (context) => {
  const { modules } = qemuProgram(machine);
  const own = modules.filter(
    ({ source }) =>
      /^runtime\/ports\/cortex-m\/[^/]*$/.test(source) && !/\/(link|values)\./.test(source),
  );
  let sum = 0;
  for (const { source, codeBytes, bssBytes } of own) {
    sum += codeBytes;
    context.diagnostic(`${source.split("/").at(-1)}: ${codeBytes} bytes, ${bssBytes} of RAM`);
  }
  context.diagnostic(`together: ${sum} bytes`);
  assert.ok(sum <= 4096);
});
