import assert from "node:assert/strict";
import { before, test } from "node:test";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { Code, memory, type Label } from "./code.js";
import { seen } from "./case.js";
import { buildNeighbours, type Neighbours } from "./neighbours.js";
import { noPico, PicoBench, picoSymbol } from "./pico.js";
import { install, type Installed } from "./stored.js";
import { endsOf, numbersOf } from "./trace.js";

let neighbours: Neighbours;
before(async () => {
  neighbours = await buildNeighbours();
});

const fan = {
  need: { name: "fan", kind: "pwm" },
  connection: { kind: "pwm", pin: 13 },
} as const;

/** A container in machine code; `body` writes `start` and returns further entries. */
function written(name: string, body: (code: Code) => Label[]): Installed {
  const code = new Code();
  const start = code.bind();
  const entries = [start, ...body(code)].map(({ offset }) => offset);
  const bytes = code.finish();
  const rest = { memoryBytes: 256, stackBytes: 64, globals: [], data: [], needs: [seen, fan] };
  return install(name, { code: bytes, entries, ...rest });
}

/** Sets the frequency of its output ten times a second and publishes how often it has. */
const regulator = written("regulator", (code) => {
  code.host("timer.every", 100, 1).return();
  const tick = code.bind();
  code.host("pwm.set-frequency", 1, 1000).emit("mov", 2, memory).emit("ldr", 1, 2, 0);
  code.emit("addsImm8", 1, 1).emit("str", 1, 2, 0).publish().return();
  return [tick];
});

const broken = written("broken", (code) => {
  code.emit("udf", 1);
  return [];
});

/** A driver that waits for what never comes: `wfi`, and back to it. */
const hung = Uint8Array.of(0x30, 0xbf, 0xfd, 0xe7);

/** Puts it in the place of the driver; returns how to take it away. */
function hang({ pico }: PicoBench): () => void {
  const offset = picoSymbol("port_pwm_set_frequency") - picoFlash.address;
  const before = pico.flash.bytes.slice(offset, offset + hung.length);
  pico.flash.bytes.set(hung, offset);
  return () => pico.flash.bytes.set(before, offset);
}

/** Runs until the device has started so often; the watchdog waits for seconds. */
function runToStart(bench: PicoBench, starts: number): void {
  for (let ms = 0; bench.pico.starts.length < starts; ms += 10) {
    assert.ok(ms < 10_000, "the watchdog has not come");
    bench.advanceBy(10_000);
  }
}

test(
  "the watchdog ends a driver that hangs, and what was flashed runs again",
  { skip: noPico },
  () => {
    const bench = new PicoBench([neighbours.metronome, regulator]);
    bench.run({ inputs: [], untilUs: 550_000 });
    assert.deepEqual(numbersOf(bench, 1, "seen"), [1, 2, 3, 4, 5]);
    const mend = hang(bench);
    runToStart(bench, 2);
    mend();
    assert.equal(bench.pico.starts[1]!.reason, "watchdog");
    const lastLife = bench.messages.length;
    bench.advanceBy(2_000_000);
    const messages = bench.messages.slice(lastLife);
    const hello = messages.find((message) => message.kind === "hello");
    assert.ok(hello?.kind === "hello");
    assert.deepEqual([hello.resetReason, hello.running, hello.containers], ["watchdog", 1, 2]);
    const life = { messages, led: [] };
    assert.deepEqual(numbersOf(life, 0, "beat").slice(0, 3), [1, 2, 3]);
    assert.deepEqual(numbersOf(life, 1, "seen").slice(0, 3), [1, 2, 3]);
  },
);

test(
  "a container that keeps failing is parked, and its neighbour goes on",
  { skip: noPico },
  () => {
    const bench = new PicoBench([neighbours.metronome, broken]);
    const untilUs = 40_010_000;
    bench.run({ inputs: [], untilUs });
    const ends = endsOf(bench, 1);
    assert.deepEqual(
      ends.map(({ code, codeOffset, failures, parked }) => [code, codeOffset, failures, parked]),
      [1, 2, 3, 4, 5, 6].map((failures) => ["unreachable", 0, failures, failures === 6]),
    );
    const seconds = ends.map(({ timeUs }) => Math.round((timeUs - ends[0]!.timeUs) / 1e6));
    assert.deepEqual(seconds, [0, 1, 3, 7, 15, 31]);
    const beats = numbersOf(bench, 0, "beat");
    assert.deepEqual(
      beats,
      Array.from({ length: 2000 }, (_, k) => k + 1),
    );
    assert.equal(bench.pico.starts.length, 1);
  },
);
