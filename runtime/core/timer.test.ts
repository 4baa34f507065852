import assert from "node:assert/strict";
import { test } from "node:test";
import { Assembler, call, i32 } from "../../test/helpers/assemble.js";
import { Bench, output } from "../../test/helpers/bench.js";

test("a timer blinks a pin", async () => {
  const app = new Assembler();
  const blink = app.handler(call("gpio.toggle", i32(0)));
  app.start(call("timer.every", i32(500), i32(blink)));
  const bench = await Bench.create();
  await bench.add(app.build(), { needs: [output(15)] });
  bench.advanceTo(1_600_000);
  assert.deepEqual(bench.board.calls, [
    "0 write 15 0",
    "output 15",
    "500000 write 15 1",
    "1000000 write 15 0",
    "1500000 write 15 1",
  ]);
});
