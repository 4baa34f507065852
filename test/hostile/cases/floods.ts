import { ends, lives, raw, type Attack, type HostileCase } from "../case.js";
import { wiredNeeds } from "./needs.js";
import { callNumber, memory, type Code, type Label } from "../code.js";

/** No other attack comes while one of these is under way. */
const lastsMs = 60;
/** How long a flood lasts, in microseconds: the neighbours have an event or more in it. */
const floodUs = 30_000;
/** Milliseconds from a flood to the report that it is over; by then the link has room again. */
const reportMs = 200;

/** Topics are each case's own, so that none answers another. */
function noise(topic: string): Attack["needs"] {
  const connection = { kind: "topic", topic } as const;
  return [{ need: { name: "noise", kind: "publish", topic, fields: [] }, connection }];
}

function echo(topic: string): Attack["needs"] {
  const connection = { kind: "topic", topic } as const;
  return [...noise(topic), { need: { name: "echo", kind: "subscribe", topic }, connection }];
}

const { i2c: sensor, adc: knob, "gpio-out": output, uart: port } = wiredNeeds;

const wrongType = -10;

/** Numbers that a reader may stumble over, and what they are with nine decimals. */
const texts: Readonly<Record<string, { readonly text: string; readonly value: number }>> = {
  plain: { text: "-1.25", value: -1_250_000_000 },
  exponent: { text: "1e999999999", value: wrongType },
  negative: { text: "1e-999999999", value: 0 },
  long: { text: "9".repeat(240), value: wrongType },
  small: { text: `0.${"0".repeat(200)}1`, value: 0 },
  point: { text: ".", value: wrongType },
  sign: { text: "-", value: wrongType },
  wide: { text: "2.147483648", value: wrongType },
};

/** The end of the flood, noted in the first word of the memory. */
function noteEnd(code: Code): void {
  code.host("clock.micros").literal(1, floodUs).emit("adds", 0, 0, 1);
  code.emit("mov", 1, memory).emit("str", 0, 1, 0);
}

/** Goes on at the label when the flood is over. */
function unlessOver(code: Code, over: Label): void {
  code.host("clock.micros").emit("mov", 1, memory).emit("ldr", 1, 1, 0);
  code.emit("cmp", 0, 1).branchIf("cs", over);
}

/** A handler that does something in each event until the flood is over, and then publishes 1. */
function handler(code: Code, entries: Label[], again: (code: Code) => void): void {
  const over = code.label();
  entries.push(code.bind());
  unlessOver(code, over);
  again(code);
  code.return();
  code.bind(over);
  code.number(1, 1).publish();
}

const timerAgain = (code: Code): void => void code.host("timer.after", 0, 2);

/** Does the same a number of times within one event, and publishes 1 much later. */
function burst(
  name: string,
  tries: string,
  times: number,
  act: (code: Code) => void,
  needs = noise(name),
): HostileCase {
  return raw(
    name,
    tries,
    lives(1),
    (code, _, entries) => {
      code.number(7, times);
      const loop = code.bind();
      act(code);
      code.emit("subsImm8", 7, 1).branchIf("ne", loop);
      code.host("timer.after", reportMs, 2).return();
      entries.push(code.bind());
      code.number(1, 1).publish();
    },
    { needs, lastsMs },
  );
}

export const floodCases: readonly HostileCase[] = [
  raw(
    "timer-flood",
    "arms a timer of no delay in its own event, again and again",
    lives(1),
    (code, _, entries) => {
      noteEnd(code);
      timerAgain(code);
      code.return();
      handler(code, entries, timerAgain);
    },
    { lastsMs },
  ),
  raw(
    "message-to-itself",
    "answers each of its own messages with the next, recursion through the host",
    lives(1),
    (code, _, entries) => {
      noteEnd(code);
      code.host("message.subscribe", 2, 2).host("message.publish", 1, 0, 4).return();
      handler(code, entries, (again) => void again.host("message.publish", 1, 0, 4));
    },
    { needs: echo("itself"), lastsMs },
  ),
  raw(
    "too-many-timers",
    "arms a timer for each of 33 handlers",
    ends("too-many-bindings"),
    (code, _, entries) => {
      const nothing = code.label();
      code.number(6, 10);
      const loop = code.bind();
      code.literal(0, 1000).emit("mov", 1, 6).attack().svc(callNumber("timer.every"));
      code.emit("addsImm8", 6, 1).branch(loop);
      code.bind(nothing);
      code.return();
      for (let k = 0; k < 60; k++) entries.push(nothing);
    },
  ),
  raw(
    "too-many-subscriptions",
    "subscribes and watches settings without end",
    lives(1),
    (code) => {
      code.number(7, 40);
      const loop = code.bind();
      code
        .host("message.subscribe", 2, 1)
        .host("settings.watch", 1)
        .emit("subsImm8", 7, 1)
        .branchIf("ne", loop);
      code.number(1, 1).publish();
    },
    { needs: echo("nobody") },
  ),
  burst("message-flood", "publishes 8 of the longest messages in one event", 8, (code) => {
    code.host("message.publish", 1, 0, 240);
  }),
  burst("small-message-flood", "publishes 30 empty messages in one event", 30, (code) => {
    code.host("message.publish", 1, 0, 0);
  }),
  burst("log-flood", "writes 8 long lines in one event", 8, (code) => {
    code.host("log.write", 3, 0, 100);
  }),
  burst(
    "message-queue-flood",
    "fills its own queue of messages",
    20,
    (code) => {
      code.host("message.publish", 1, 0, 4);
    },
    echo("queue"),
  ),
  ...(["message.publish", "message.publish-number", "message.publish-text"] as const).map(
    (call, k) =>
      raw(
        `endless-flood-${k}`,
        `does nothing but ${call}`,
        ends("time-budget"),
        (code) => {
          const loop = code.bind();
          code
            .host(call, 1, 0, k === 1 ? 9 : 100)
            .branch(loop)
            .attackSince(loop);
        },
        { needs: noise("endless"), lastsMs },
      ),
  ),
  raw(
    "endless-log",
    "does nothing but log",
    ends("time-budget"),
    (code) => {
      const loop = code.bind();
      code.host("log.write", 0, 0, 50).branch(loop).attackSince(loop);
    },
    { lastsMs },
  ),
  burst("timer-churn", "arms and cancels timers 40 times", 40, (code) => {
    code.host("timer.every", 1000, 1).host("timer.cancel", 1);
  }),
  raw(
    "handler-beyond",
    "asks to be called where its table has ended",
    ends("bad-indirect-call"),
    (code) => {
      code.attackHost("timer.after", 0, 99);
    },
  ),
  raw(
    "handler-huge",
    "asks to be called at the last handler of all",
    ends("bad-indirect-call"),
    (code) => {
      code.attackHost("timer.after", 0, -1);
    },
  ),
  raw(
    "handler-kernel",
    "asks to be called by an address",
    ends("bad-indirect-call"),
    (code, { kernelCode }) => {
      code.attackHost("timer.after", 0, kernelCode | 1);
    },
  ),
  raw("handler-start", "asks to be started again", ends("bad-indirect-call"), (code) => {
    code.attackHost("timer.after", 0, 0);
  }),
  raw(
    "events-of-budget",
    "uses up most of the time of each event",
    lives(1),
    (code, _, entries) => {
      noteEnd(code);
      timerAgain(code);
      code.return();
      handler(code, entries, (again) => {
        again.host("clock.micros").literal(7, 1000).emit("adds", 7, 7, 0);
        const wait = again.bind();
        again.host("clock.micros").emit("cmp", 0, 7).branchIf("cc", wait);
        timerAgain(again);
      });
    },
    { lastsMs },
  ),
  raw(
    "subscribed-beyond",
    "lets messages come where its table has ended",
    ends("bad-indirect-call"),
    (code) => {
      code.host("message.subscribe", 2, 99).host("message.publish", 1, 0, 4);
    },
    { needs: echo("beyond") },
  ),
  raw(
    "empty-entry",
    "asks to be called at an empty entry",
    ends("bad-indirect-call"),
    (code, _, entries) => {
      entries.push({ offset: -1 });
      code.host("timer.after", 0, 2);
    },
  ),
  raw(
    "calls-of-buses",
    "calls one bus after the other, so that the tick finds the kernel at work",
    ends("time-budget"),
    (code) => {
      const loop = code.bind();
      code
        .host("i2c.read", 1, 0, 1)
        .host("i2c.write-register", 1, 0, 0)
        .branch(loop)
        .attackSince(loop);
    },
    { needs: [sensor] },
  ),
  raw(
    "calls-of-analog",
    "reads an analog input for ever",
    ends("time-budget"),
    (code) => {
      const loop = code.bind();
      code.host("adc.read", 1).branch(loop).attackSince(loop);
    },
    { needs: [knob] },
  ),
  raw(
    "calls-of-pins",
    "toggles an output for ever",
    ends("time-budget"),
    (code) => {
      const loop = code.bind();
      code.host("gpio.toggle", 1).branch(loop).attackSince(loop);
    },
    { needs: [output] },
  ),
  raw(
    "calls-of-serial",
    "sends bytes for ever",
    ends("time-budget"),
    (code) => {
      const loop = code.bind();
      code.host("uart.write", 1, 0, 200).branch(loop).attackSince(loop);
    },
    { needs: [port] },
  ),
  raw(
    "longest-texts",
    "sends and logs the longest texts of the widest letters",
    lives(1),
    (code) => {
      code.host("message.publish-text", 1, 0, 120).host("log.write", 0, 0, 120);
      code.host("log.number", 0, 100, -0x8000_0000, 9).number(1, 1).publish();
    },
    { needs: noise("texts"), data: [{ address: 0, bytes: new Uint8Array(240).fill(0xff) }] },
  ),
  raw(
    "lone-surrogates",
    "sends and logs texts of half letters",
    lives(1),
    (code) => {
      code
        .host("message.publish-text", 1, 0, 120)
        .host("log.write", 0, 0, 120)
        .number(1, 1)
        .publish();
    },
    { needs: noise("halves"), data: [{ address: 0, bytes: new Uint8Array(240).fill(0xd8) }] },
  ),
  ...Object.entries(texts).map(([name, { text, value }]) =>
    raw(
      `number-${name}`,
      `sends itself "${text.slice(0, 20)}" as a number`,
      lives(value),
      (code, _, entries) => {
        code.host("message.subscribe", 2, 2).host("message.publish", 1, 0, text.length).return();
        entries.push(code.bind());
        // The low word, of the number or of the error.
        code.host("message.read-number", 2, 9).emit("mov", 1, 0).publish();
      },
      {
        needs: echo(`number-${name}`),
        data: [{ address: 0, bytes: new TextEncoder().encode(text) }],
      },
    ),
  ),
];
