import { ends, lives, raw, rawStart, type HostileCase } from "../case.js";
import { memory, type Code } from "../code.js";

const trap = (code: Code): void => void code.attack().emit("udf", 1);
const loop = (code: Code): void => void code.attack().branch(code.bind());

/** Attacks at the other places where a container is called. */
export const lifecycleCases: readonly HostileCase[] = [
  rawStart("restart-loop", "ends as soon as it is started", ends("unreachable"), trap),
  rawStart(
    "restart-loop-slow",
    "uses up its time as soon as it is started",
    ends("time-budget"),
    loop,
  ),
  rawStart(
    "trap-before-start",
    "ends in the start function of the module",
    ends("unreachable"),
    trap,
    { root: "start" },
  ),
  rawStart(
    "loop-before-start",
    "loops in the start function of the module",
    ends("time-budget"),
    loop,
    { root: "start" },
  ),
  rawStart(
    "call-before-start",
    "calls the host in the start function of the module",
    ends("unknown-call"),
    (code) => {
      code.number(0, 1).number(1, 1).attack().host("timer.after");
    },
    { root: "start" },
  ),
  rawStart("trap-in-collect", "ends in collect", ends("unreachable"), trap, { root: "collect" }),
  rawStart("loop-in-collect", "loops in collect", ends("time-budget"), loop, { root: "collect" }),
  rawStart(
    "fault-in-collect",
    "reads the kernel in collect",
    ends("memory-bounds"),
    (code, { kernelData }) => {
      code.literal(1, kernelData).attack().emit("ldr", 0, 1, 0);
    },
    { root: "collect" },
  ),
  rawStart(
    "sp-away-in-start",
    "moves its stack away where it is started",
    ends("stack-overflow"),
    (code) => {
      code.number(0, 0).emit("mov", 13, 0).host("random.next");
    },
  ),
  raw(
    "earlier-life",
    "looks in its memory for what its earlier life has left",
    ends("unreachable", 0),
    (code) => {
      code
        .emit("mov", 3, memory)
        .emit("ldr", 1, 3, 4)
        .literal(0, 0x0bad_cafe)
        .emit("str", 0, 3, 4)
        .publish();
      code.attack().emit("udf", 1);
    },
  ),
  raw("lives-and-lives", "is well-behaved", lives(1, 2), (code) => {
    code.number(1, 1).publish().number(1, 2).publish();
  }),
];
