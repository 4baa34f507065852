import type { Instruction } from "../../wasm/module.js";
import type { StoreOp, Value } from "../ir.js";
import type { Emitter } from "./emitter.js";
import { word, type Operand, type Rule, type Rules } from "./rule.js";
import { signExtend } from "./wide.js";

export interface MemoryOptions {
  /** `checked`: exact WebAssembly traps by explicit tests. `mpu`: no tests, the hardware stops what leaves the memory. */
  readonly bounds: "mpu" | "checked";
  /** Bytes of linear memory, which never grows: 0 to 2^32 - 1. */
  readonly memoryBytes: number;
}

interface Access {
  readonly bytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** Words of the value. */
  readonly words: 1 | 2;
}

const loads: Readonly<Record<string, Access>> = {
  "i32.load": { bytes: 4, signed: false, words: 1 },
  "i64.load": { bytes: 8, signed: false, words: 2 },
  "f32.load": { bytes: 4, signed: false, words: 1 },
  "f64.load": { bytes: 8, signed: false, words: 2 },
  "i32.load8_s": { bytes: 1, signed: true, words: 1 },
  "i32.load8_u": { bytes: 1, signed: false, words: 1 },
  "i32.load16_s": { bytes: 2, signed: true, words: 1 },
  "i32.load16_u": { bytes: 2, signed: false, words: 1 },
  "i64.load8_s": { bytes: 1, signed: true, words: 2 },
  "i64.load8_u": { bytes: 1, signed: false, words: 2 },
  "i64.load16_s": { bytes: 2, signed: true, words: 2 },
  "i64.load16_u": { bytes: 2, signed: false, words: 2 },
  "i64.load32_s": { bytes: 4, signed: true, words: 2 },
  "i64.load32_u": { bytes: 4, signed: false, words: 2 },
};

const stores: Readonly<Record<string, Access["bytes"]>> = {
  "i32.store": 4,
  "i64.store": 8,
  "f32.store": 4,
  "f64.store": 8,
  "i32.store8": 1,
  "i32.store16": 2,
  "i64.store8": 1,
  "i64.store16": 2,
  "i64.store32": 4,
};

/** Instructions on linear memory; `pages` is what memory.size returns. */
export function memoryRules(options: MemoryOptions, pages: number): Rules {
  return new Map<string, Rule>([
    ...Object.entries(loads).map(([name, access]): [string, Rule] => [
      name,
      (emit, x, instruction) => load(emit, options, access, word(x, 0), instruction),
    ]),
    ...Object.entries(stores).map(([name, bytes]): [string, Rule] => [
      name,
      (emit, x, instruction) => store(emit, options, bytes, x, instruction),
    ]),
    ["memory.size", (emit) => [emit.constant(pages)]],
    [
      "memory.grow",
      (emit, x) => [emit.select(word(x, 0), emit.constant(-1), emit.constant(pages))],
    ],
    ["memory.copy", (emit, x) => copy(emit, options, word(x, 0), word(x, 1), word(x, 2))],
    ["memory.fill", (emit, x) => fill(emit, options, word(x, 0), word(x, 1), word(x, 2))],
  ]);
}

/** The sum of base and index stands by itself, so that accesses share it. */
function addressOf(emit: Emitter, index: Value): Value {
  return emit.binary("add", emit.base("memoryBase"), index);
}

/** Whether the access may be within bounds; if never, the block has ended with the trap. */
function checkAccess(
  emit: Emitter,
  { bounds, memoryBytes }: MemoryOptions,
  index: Value,
  offset: number,
  bytes: number,
): boolean {
  if (bounds === "mpu") return true;
  const greatest = memoryBytes - offset - bytes;
  if (greatest < 0) emit.trap("memory-bounds");
  else emit.trapIf("memory-bounds", "gt_u", index, emit.constant(greatest));
  return greatest >= 0;
}

function load(
  emit: Emitter,
  options: MemoryOptions,
  { bytes, signed, words }: Access,
  index: Value,
  { immediates }: Instruction,
): Operand {
  const [exponent = 0, offset = 0] = immediates;
  if (!checkAccess(emit, options, index, offset, bytes)) return [];
  const piece = Math.min(2 ** exponent, 4);
  const address = addressOf(emit, index);
  if (bytes === 8)
    return [0, 4].map((more) => loadWord(emit, address, offset + more, 4, false, piece));
  const low = loadWord(emit, address, offset, bytes, signed, piece);
  if (words === 1) return [low];
  return signed ? signExtend(emit, low) : [low, emit.constant(0)];
}

/** A value of up to a word, put together from pieces where the hint says that it may lie misaligned. */
function loadWord(
  emit: Emitter,
  address: Value,
  offset: number,
  bytes: number,
  signed: boolean,
  piece: number,
): Value {
  if (piece >= bytes) return loadPiece(emit, address, offset, bytes, signed);
  let value = loadPiece(emit, address, offset, piece, false);
  for (let at = piece; at < bytes; at += piece) {
    const next = loadPiece(emit, address, offset + at, piece, signed && at + piece === bytes);
    value = emit.binary("or", value, emit.binary("shl", next, { constant: 8 * at }));
  }
  return value;
}

function loadPiece(
  emit: Emitter,
  address: Value,
  offset: number,
  bytes: number,
  signed: boolean,
): Value {
  if (bytes === 4) return emit.load("load32", address, offset, "memory");
  const size = bytes === 2 ? "load16" : "load8";
  return emit.load(`${size}_${signed ? "s" : "u"}`, address, offset, "memory");
}

function store(
  emit: Emitter,
  options: MemoryOptions,
  bytes: Access["bytes"],
  operands: readonly Operand[],
  { immediates }: Instruction,
): Operand {
  const [exponent = 0, offset = 0] = immediates;
  const index = word(operands, 0);
  if (!checkAccess(emit, options, index, offset, bytes)) return [];
  const piece = Math.min(2 ** exponent, 4);
  const address = addressOf(emit, index);
  const [low, high] = operands[1]!;
  storeWord(emit, address, offset, Math.min(bytes, 4), low!, piece);
  if (bytes === 8) storeWord(emit, address, offset + 4, 4, high!, piece);
  return [];
}

const storeOps: Readonly<Record<number, StoreOp>> = { 1: "store8", 2: "store16", 4: "store32" };

function storeWord(
  emit: Emitter,
  address: Value,
  offset: number,
  bytes: number,
  value: Value,
  hint: number,
): void {
  const piece = Math.min(hint, bytes);
  for (let at = 0; at < bytes; at += piece) {
    const part = at === 0 ? value : emit.binary("shr_u", value, { constant: 8 * at });
    emit.store(storeOps[piece]!, address, offset + at, part, "memory");
  }
}

/** Traps unless every range of `bytes` bytes from one of the indices lies within the memory, and so ahead of any effect. */
function checkRanges(
  emit: Emitter,
  { bounds, memoryBytes }: MemoryOptions,
  bytes: Value,
  indices: readonly Value[],
): void {
  if (bounds === "mpu") return;
  const size = emit.constant(memoryBytes);
  emit.trapIf("memory-bounds", "gt_u", bytes, size);
  const greatest = emit.binary("sub", size, bytes);
  for (const index of indices) emit.trapIf("memory-bounds", "gt_u", index, greatest);
}

function copy(
  emit: Emitter,
  options: MemoryOptions,
  to: Value,
  from: Value,
  bytes: Value,
): Operand {
  checkRanges(emit, options, bytes, [to, from]);
  return emit.helper("memory.copy", addressOf(emit, to), addressOf(emit, from), bytes);
}

function fill(
  emit: Emitter,
  options: MemoryOptions,
  to: Value,
  byte: Value,
  bytes: Value,
): Operand {
  checkRanges(emit, options, bytes, [to]);
  return emit.helper("memory.fill", addressOf(emit, to), byte, bytes);
}
