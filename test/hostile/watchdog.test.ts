import assert from "node:assert/strict";
import { before, test } from "node:test";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { Code, memory, type Label } from "./code.js";
import { seen } from "./case.js";
import { wiredNeeds } from "./cases/needs.js";
import { buildNeighbours, type Neighbours } from "./neighbours.js";
import { noPico, PicoBench, picoSymbol } from "./pico.js";
import { install, type Installed } from "./stored.js";
import { endsOf, numbersOf } from "./trace.js";

let neighbours: Neighbours;
before(async () => {
  neighbours = await buildNeighbours();
});

const sensor = wiredNeeds.i2c;

/** A container in machine code; `body` writes `start` and returns further entries. */
function written(name: string, body: (code: Code) => Label[]): Installed {
  const code = new Code();
  const start = code.bind();
  const entries = [start, ...body(code)].map(({ offset }) => offset);
  const bytes = code.finish();
  const rest = { memoryBytes: 256, stackBytes: 64, globals: [], data: [], needs: [seen, sensor] };
  return install(name, { code: bytes, entries, ...rest });
}

/** Asks a sensor ten times a second, which does not answer, and publishes how often it has. */
function reading(code: Code): Label[] {
  code.host("timer.every", 100, 1).return();
  const tick = code.bind();
  code.host("i2c.read", 1, 8, 1).emit("mov", 2, memory).emit("ldr", 1, 2, 0);
  code.emit("addsImm8", 1, 1).emit("str", 1, 2, 0).publish().return();
  return [tick];
}
const reader = written("reader", reading);

const broken = written("broken", (code) => {
  code.emit("udf", 1);
  return [];
});

/** A driver that waits for what never comes, asleep. It stops the tick first, or that would wake it for ever. */
const hung = new Code()
  .emit("movsImm", 0, 0xe0)
  .emit("lslsImm", 0, 0, 8)
  .emit("mov", 1, 0)
  .emit("lslsImm", 0, 0, 16)
  .emit("adds", 0, 0, 1)
  .emit("movsImm", 1, 0)
  .emit("str", 1, 0, 0x10)
  .emit("wfi")
  .emit("b", -6)
  .finish();

/** Puts it in the place of the call of the driver; returns how to take it away. */
function hang({ pico }: PicoBench): () => void {
  const offset = picoSymbol("invoke_i2c_read") - picoFlash.address;
  const before = pico.flash.bytes.slice(offset, offset + hung.length);
  pico.flash.bytes.set(hung, offset);
  return () => pico.flash.bytes.set(before, offset);
}

/** Runs until the device has been reset; the watchdog waits for seconds. */
function runToReset(bench: PicoBench): void {
  const { length } = bench.pico.starts;
  for (let ms = 0; bench.pico.starts.length === length; ms++) {
    assert.ok(ms < 60_000, "the watchdog has not come");
    bench.advanceBy(1000);
  }
  assert.equal(bench.pico.starts.at(-1)!.reason, "watchdog");
}

test(
  "the watchdog ends a driver that hangs, and what was flashed runs again",
  { skip: noPico },
  () => {
    const bench = new PicoBench([neighbours.metronome, reader]);
    bench.run({ inputs: [], untilUs: 550_000 });
    assert.deepEqual(numbersOf(bench, 1, "seen"), [1, 2, 3, 4, 5]);
    const mend = hang(bench);
    runToReset(bench);
    mend();
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
  "a container in whose calls a driver keeps hanging is parked, and its neighbour goes on",
  { skip: noPico },
  () => {
    const bench = new PicoBench([neighbours.metronome, reader]);
    for (let life = 0; life < 6; life++) {
      const mend = hang(bench);
      runToReset(bench);
      // The first stage starts no firmware that has changed.
      mend();
      bench.boot();
    }
    hang(bench);
    bench.advanceBy(5_000_000);
    const ends = endsOf(bench, 1);
    assert.deepEqual(
      ends.map(({ code, codeOffset, failures, parked }) => [code, codeOffset, failures, parked]),
      [1, 2, 3, 4, 5, 6].map((failures) => ["time-budget", null, failures, failures === 6]),
    );
    assert.equal(bench.pico.starts.length, 7);
    const beats = numbersOf(bench, 0, "beat");
    const lastLife = beats.slice(beats.lastIndexOf(1));
    assert.ok(lastLife.length >= 240, `${lastLife.length} beats in five seconds`);
  },
);

test(
  "two that hang a driver in turn are parked, and stay so when the device is reset once more",
  { skip: noPico },
  () => {
    const bench = new PicoBench([neighbours.metronome, reader, written("other", reading)]);
    for (let life = 0; life < 12; life++) {
      const mend = hang(bench);
      runToReset(bench);
      mend();
      bench.boot();
    }
    hang(bench);
    bench.advanceBy(5_000_000);
    assert.equal(bench.pico.starts.length, 13);
    for (const place of [1, 2]) {
      const last = endsOf(bench, place).at(-1)!;
      assert.deepEqual([last.code, last.failures, last.parked], ["time-budget", 6, true]);
      const firstParked = endsOf(bench, place).findIndex(({ parked }) => parked);
      assert.ok(
        endsOf(bench, place)
          .slice(firstParked)
          .every(({ parked, failures }) => parked && failures === 6),
      );
    }
    const beats = numbersOf(bench, 0, "beat");
    assert.ok(beats.slice(beats.lastIndexOf(1)).length >= 240);
  },
);

/** Publishes how often its timer came, and uses no driver. */
const counter = written("reader", (code) => {
  code.host("timer.every", 100, 1).return();
  const tick = code.bind();
  code.emit("mov", 2, memory).emit("ldr", 1, 2, 0);
  code.emit("addsImm8", 1, 1).emit("str", 1, 2, 0).publish().return();
  return [tick];
});

test(
  "a version on trial in whose calls a driver hangs is gone, and nobody is blamed",
  { skip: noPico },
  () => {
    const bench = new PicoBench([neighbours.metronome, { ...counter, versions: [reader] }]);
    bench.run({ inputs: [], untilUs: 550_000 });
    bench.send({ kind: "swap", container: 1, version: 1 });
    bench.advanceBy(350_000);
    const outcomes = bench.messages.flatMap((message) =>
      message.kind === "swapped" ? [`${message.version} ${message.outcome}`] : [],
    );
    assert.deepEqual(outcomes, ["1 trial"]);
    const mend = hang(bench);
    runToReset(bench);
    mend();
    const lastLife = bench.messages.length;
    bench.boot();
    bench.advanceBy(1_000_000);
    bench.send({ kind: "who" });
    bench.advanceBy(100_000);
    const life = { messages: bench.messages.slice(lastLife), led: [] };
    const hello = life.messages.find((message) => message.kind === "hello");
    assert.ok(hello?.kind === "hello");
    assert.deepEqual([hello.resetReason, hello.running, hello.containers], ["watchdog", 1, 2]);
    const versions = life.messages.flatMap((message) =>
      message.kind === "started" ? [message.version] : [],
    );
    assert.deepEqual(versions, [0, 0]);
    assert.deepEqual(endsOf(life, 1), []);
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
