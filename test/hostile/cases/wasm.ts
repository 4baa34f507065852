import { compileNative, type NativeModule } from "../../../builder/native/compile.js";
import type { TrapCode } from "../../../runtime/emulator/sim/contract.js";
import * as wasm from "../../helpers/assemble.js";
import { seen, type HostileCase } from "../case.js";

const memoryBytes = 256;

const opcodes = {
  unreachable: 0x00,
  br: 0x0c,
  call: 0x10,
  callIndirect: 0x11,
  load: 0x28,
  store: 0x36,
  div: 0x6d,
  truncate: 0xaa,
} as const;

/** An app as WebAssembly whose handler does this, compiled as every app is. It ends at the first instruction with this opcode, or anywhere. */
function app(
  name: string,
  tries: string,
  code: TrapCode,
  opcode: number | null,
  body: (app: wasm.Assembler) => wasm.Code,
): HostileCase {
  return {
    name,
    tries,
    attack({ delayMs }) {
      const assembler = new wasm.Assembler();
      const inner = body(assembler);
      const handler = assembler.handler(inner);
      assembler.start(wasm.call("timer.after", wasm.i32(delayMs), wasm.i32(handler)));
      const bytes = assembler.build();
      const { native, diagnostics } = compileNative(bytes, { bounds: "mpu", memoryBytes });
      if (native === undefined) throw new Error(diagnostics[0]?.message);
      const { start, collect } = native;
      return {
        code: native.code,
        entries: native.entries,
        ...(start !== undefined && { start }),
        ...(collect !== undefined && { collect }),
        memoryBytes,
        stackBytes: null,
        globals: native.globals,
        data: native.data,
        needs: [seen],
        expected: { kind: "ends", code, at: placeOf(native, bytes, opcode), publishes: [] },
      };
    },
  };
}

/** The machine code of the first instruction with this opcode, all of the code without one. */
function placeOf(
  { map, code }: NativeModule,
  bytes: Uint8Array,
  opcode: number | null,
): [number, number][] {
  if (opcode === null) return [[0, code.length - 2]];
  const first = map.find(([, offset]) => offset >= 0 && bytes[offset] === opcode)?.[1];
  return map.flatMap(([from, offset], k): [number, number][] =>
    offset === first ? [[from, (map[k + 1]?.[0] ?? code.length) - 2]] : [],
  );
}

const { i32, i64, code, call, drop, load, store } = wasm;
const loop = (...body: readonly wasm.Code[]): wasm.Code => [
  0x03,
  0x40,
  ...code(...body),
  0x0c,
  0,
  0x0b,
];

/** What needs no machine code of its own: an app in TypeScript can do all of this. */
export const wasmCases: readonly HostileCase[] = [
  app(
    "wasm-unreachable",
    "fails an assertion",
    "unreachable",
    opcodes.unreachable,
    () => wasm.unreachable,
  ),
  app(
    "wasm-load-far",
    "loads from the other end of the address space",
    "memory-bounds",
    opcodes.load,
    () => call("message.publish-number", i32(0), code(i32(0x7fff_fff0), load(0)), i32(0)),
  ),
  app(
    "wasm-store-far",
    "stores to where the chip has its registers, seen from its memory",
    "memory-bounds",
    opcodes.store,
    () => code(i32(0x2000_0000), i32(-1), store(0)),
  ),
  app(
    "wasm-store-system",
    "stores to where the processor has its registers",
    "memory-bounds",
    opcodes.store,
    () => code(i32(-0x4000_0000), i32(-1), store(0)),
  ),
  app("wasm-load-behind", "loads behind its memory", "memory-bounds", opcodes.load, () =>
    call("message.publish-number", i32(0), code(i32(memoryBytes), load(0)), i32(0)),
  ),
  app("wasm-store-before", "stores before its memory", "memory-bounds", opcodes.store, () =>
    code(i32(-4), i32(1), store(0)),
  ),
  app("wasm-divide", "divides by zero", "divide-by-zero", opcodes.div, () =>
    code(i32(1), load8(), wasm.divide, drop),
  ),
  app("wasm-truncate", "converts what is too large", "integer-overflow", opcodes.truncate, () =>
    code(wasm.f64(1e20), wasm.truncate, drop),
  ),
  app(
    "wasm-empty-entry",
    "calls an empty entry of its table",
    "bad-indirect-call",
    opcodes.callIndirect,
    () => code(load8(), i32(2), wasm.add, wasm.callIndirect),
  ),
  app("wasm-no-entry", "calls beyond its table", "bad-indirect-call", opcodes.callIndirect, () =>
    code(i32(1000), wasm.callIndirect),
  ),
  app("wasm-loop", "loops for ever", "time-budget", opcodes.br, () => loop()),
  app("wasm-loop-calls", "calls the host for ever", "time-budget", null, () =>
    loop(call("random.next"), drop),
  ),
  app("wasm-recursion", "calls itself for ever", "stack-overflow", null, (assembler) =>
    assembler.define(assembler.callNext()),
  ),
  app(
    "wasm-bad-pointer",
    "lets the host write behind its memory",
    "bad-pointer",
    opcodes.call,
    () => code(call("device.id", i32(memoryBytes - 4), i32(8)), drop),
  ),
  app("wasm-bad-handle", "uses an output that it does not have", "bad-handle", opcodes.call, () =>
    call("gpio.write", i32(0), i32(1)),
  ),
  app("wasm-bad-handler", "asks to be called by nobody", "bad-indirect-call", opcodes.call, () =>
    call("timer.after", i32(0), i32(77)),
  ),
  app(
    "wasm-many-timers",
    "arms more timers than there are",
    "too-many-bindings",
    null,
    (assembler) => {
      const handlers = Array.from({ length: 33 }, () => assembler.handler([]));
      return code(...handlers.map((handler) => call("timer.every", i32(1000), i32(handler))));
    },
  ),
  app(
    "wasm-wide-store",
    "stores eight bytes across the end of its memory",
    "memory-bounds",
    0x37,
    () => code(i32(memoryBytes - 4), i64(-1), [0x37, 3, 0]),
  ),
];

/** A number that the compiler does not know: 0, from memory. */
function load8(): wasm.Code {
  return code(i32(16), load(0));
}
