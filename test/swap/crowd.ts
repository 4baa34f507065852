/** Well-behaved containers and bad ones, to stand beside each other. */
import assert from "node:assert/strict";
import type { ContainerSource } from "../../runtime/emulator/sim/device.js";
import {
  add,
  Assembler,
  call,
  code,
  type Code,
  drop,
  i32,
  load,
  local,
  report,
  store,
  unreachable,
  wrap,
} from "../helpers/assemble.js";
import {
  adc,
  containerOf,
  i2c,
  input,
  output,
  type Parts,
  publisher,
  pwm,
  retainer,
  subscriber,
} from "../helpers/bench.js";

const container = (
  name: string,
  parts: Parts,
  make: (app: Assembler) => readonly Code[],
): ContainerSource => {
  const app = new Assembler();
  const starts = make(app);
  return containerOf(app.start(...starts).build(), { ...parts, name });
};

const every = (ms: number, handler: number): Code => call("timer.every", i32(ms), i32(handler));
const count = code(i32(0), code(i32(0), load(0), i32(1), add), store(0));
const counted = code(i32(0), load(0));

/** What well-behaved containers do. Many of their timers are due in the same microsecond. */
const kinds: readonly ((n: number) => ContainerSource)[] = [
  (n) =>
    container(`blink${n}`, { needs: [output(n % 14)] }, (app) => [
      every(10 * (1 + (n % 3)), app.handler(call("gpio.toggle", i32(0)))),
    ]),
  (n) =>
    container(
      `tell${n}`,
      { needs: [n % 2 === 0 ? publisher(`t${n % 8}`) : retainer(`t${n % 8}`)] },
      (app) => [
        every(
          50,
          app.handler(code(count, call("message.publish-number", i32(0), counted, i32(0)))),
        ),
      ],
    ),
  (n) =>
    container(`climate${n}`, { needs: [i2c(0x48), publisher(`climate${n}`)] }, (app) => [
      every(
        100,
        app.handler(
          code(
            call("i2c.read-registers", i32(0), i32(0), i32(16), i32(2)),
            drop,
            call("message.publish", i32(1), i32(16), i32(2)),
          ),
        ),
      ),
    ]),
  (n) => container(`dice${n}`, {}, (app) => [every(20, app.handler(report(call("random.next"))))]),
  (n) =>
    container(`clock${n}`, { needs: [pwm(15 + (n % 5)), adc(0)] }, (app) => [
      every(
        30,
        app.handler(
          code(
            report(code(call("clock.micros"), wrap)),
            call("pwm.set-duty", i32(0), code(call("adc.read", i32(1)), i32(n), add)),
          ),
        ),
      ),
    ]),
  (n) =>
    container(`notes${n}`, {}, (app) => [
      every(
        250,
        app.handler(
          code(
            count,
            call("store.set-number", i32(1), counted),
            drop,
            report(code(call("store.get-number", i32(1)), wrap)),
          ),
        ),
      ),
    ]),
];

/** The few that wait for messages and presses: each has a good share of the pools. */
const listeners: readonly ContainerSource[] = [
  ...[0, 1, 2, 3, 4, 5].map((n) =>
    container(`hear${n}`, { needs: [subscriber(`t${n}`), publisher(`echo${n}`)] }, (app) => [
      call(
        "message.subscribe",
        i32(0),
        i32(
          app.handler(
            code(
              call(
                "message.publish-number",
                i32(1),
                code(call("message.read-number", i32(0), i32(0)), wrap),
                i32(0),
              ),
              report(code(call("clock.micros"), wrap)),
            ),
          ),
        ),
      ),
    ]),
  ),
  ...[0, 1].map((n) =>
    container(`press${n}`, { needs: [input(14), output(20 + n)] }, (app) => [
      call(
        "gpio.watch",
        i32(0),
        i32(2),
        i32(5),
        i32(app.handler(call("gpio.write", i32(1), local(0)))),
      ),
    ]),
  ),
];

export const good: readonly ContainerSource[] = [
  ...listeners,
  ...Array.from({ length: 45 - listeners.length }, (_, n) => kinds[n % kinds.length]!(n)),
];

const endless: Code = [0x03, 0x40, 0x0c, 0, 0x0b];

/** What it has stored counts from -8 on: `not-found` and one more. */
const greed: readonly Code[] = [
  call("gpio.write", i32(0), i32(1)),
  call("gpio.write", i32(31), i32(1)),
  call("message.publish-number", i32(3), i32(1), i32(0)),
  call("message.subscribe", i32(0), i32(0)),
  code(call("settings.get", i32(0)), drop),
  code(call("adc.read", i32(-1)), drop),
  code(call("device.id", i32(-4), i32(8)), drop),
];

/** Their names begin with `bad`, and so do their topics. */
export const bad: readonly ContainerSource[] = [
  container("bad-loops", { restart: { delayMs: 10, attempts: 15 } }, (app) => [
    every(10, app.handler(endless)),
  ]),
  container("bad-at-start", { restart: { delayMs: 10, attempts: 15 }, needs: [output(25)] }, () => [
    call("gpio.write", i32(0), i32(1)),
    call("random.next"),
    drop,
    unreachable,
  ]),
  container("bad-tenth-event", { restart: { delayMs: 10, attempts: 15 } }, (app) => [
    every(
      10,
      app.handler(code(count, counted, i32(10), [0x46], [0x04, 0x40], unreachable, [0x0b])),
    ),
  ]),
  flooder(),
  container("bad-greedy", { restart: { delayMs: 10, attempts: 15 } }, () => [
    // Another of the things it was not given in each of its lives.
    call("store.set-number", i32(0), code(call("store.get-number", i32(0)), wrap, i32(1), add)),
    drop,
    report(code(call("store.get-number", i32(0)), wrap)),
    ...greed.map((body, n) =>
      code(call("store.get-number", i32(0)), wrap, i32(n - 7), [0x46], [0x04, 0x40], body, [0x0b]),
    ),
    unreachable,
  ]),
];

/** Every three milliseconds it publishes, logs and starts a run of events that are due at once; it listens to itself. */
function flooder(): ContainerSource {
  const needs = [publisher("bad/flood"), subscriber("bad/flood"), retainer("bad/kept")];
  return container("bad-floods", { needs }, (app) => {
    const chain = app.handler(
      code(
        count,
        call("message.publish-number", i32(0), counted, i32(0)),
        call("message.publish-number", i32(2), counted, i32(0)),
        code(counted, i32(63), [0x71], [0x04, 0x40], call("timer.after", i32(0), i32(1)), [0x0b]),
      ),
    );
    assert.equal(chain, 1);
    const heard = app.handler(report(local(0)));
    const tick = app.handler(
      code(call("random.next"), drop, call("timer.after", i32(0), i32(chain))),
    );
    return [every(3, tick), call("message.subscribe", i32(1), i32(heard))];
  });
}

/** In the place of a bad one: it does nothing. */
export const idle = (n: number): ContainerSource => container(`bad-idle${n}`, {}, () => []);
