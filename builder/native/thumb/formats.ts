/** What a field of an instruction word holds, and how its number is read. */
export type Field =
  /** A register, r0-r7 in three bits or r0-r15 in four. */
  | { readonly kind: "register"; readonly letter: string }
  /** Unsigned, in units of `scale`; `zeroMeans` stands for the code 0 (shifts by 32). */
  | {
      readonly kind: "unsigned";
      readonly letter: string;
      readonly scale: number;
      readonly zeroMeans?: number;
    }
  /** A signed byte distance from the address of the instruction + 4, even. */
  | { readonly kind: "distance"; readonly letter: string }
  /** A set of registers as a mask: bit r for register r. A capital in the pattern adds lr (push) or pc (pop). */
  | { readonly kind: "list"; readonly letter: string; readonly extra?: number };

/** What an instruction does to its first operand and the flags, as far as the code generator asks. */
export type Effect =
  /** Writes operand 0 and sets N and Z from it. */
  | "result-flags"
  /** Writes operand 0, leaves the flags. */
  | "result"
  /** Sets the flags and not operand 0, or writes registers that no operand names alone: what is known of the flags is lost. */
  | "flags"
  | "none";

export interface Format {
  readonly mnemonic: string;
  /** Most significant bit first; letters are fields. 16 characters, or 32 for the one long form. */
  readonly bits: string;
  readonly fields: readonly Field[];
  /** Operands as objdump prints them; `{k}` is field k. */
  readonly syntax: string;
  readonly effect: Effect;
  /** Whether control never goes on to the next instruction. */
  readonly ends?: boolean;
}

const register = (letter: string): Field => ({ kind: "register", letter });
const unsigned = (letter: string, scale = 1): Field => ({ kind: "unsigned", letter, scale });
const d = register("d");
const n = register("n");
const m = register("m");
const t = register("t");
const i = unsigned("i");
const words = unsigned("i", 4);
const halves = unsigned("i", 2);
const distance: Field = { kind: "distance", letter: "i" };
const shift32: Field = { kind: "unsigned", letter: "i", scale: 1, zeroMeans: 32 };

const make =
  (effect: Effect) =>
  (mnemonic: string, bits: string, fields: readonly Field[], syntax: string): Format => ({
    mnemonic,
    bits,
    fields,
    syntax,
    effect,
  });
const sets = make("result-flags");
const writes = make("result");
const compares = make("flags");
const acts = make("none");
const stops = (
  mnemonic: string,
  bits: string,
  fields: readonly Field[],
  syntax: string,
): Format => ({
  ...acts(mnemonic, bits, fields, syntax),
  ends: true,
});

/** Operation of two low registers, the first both source and destination. */
const twoAddress = (mnemonic: string, code: string): Format =>
  sets(mnemonic, `010000${code}mmmddd`, [d, m], "{0}, {1}");
const compared = (mnemonic: string, code: string): Format =>
  compares(mnemonic, `010000${code}mmmddd`, [d, m], "{0}, {1}");
const extended = (mnemonic: string, code: string): Format =>
  writes(mnemonic, `${code}mmmddd`, [d, m], "{0}, {1}");
const loadIndexed = (mnemonic: string, code: string): Format =>
  writes(mnemonic, `${code}mmmnnnttt`, [t, n, m], "{0}, [{1}, {2}]");
const storeIndexed = (mnemonic: string, code: string): Format =>
  acts(mnemonic, `${code}mmmnnnttt`, [t, n, m], "{0}, [{1}, {2}]");
const loadOffset = (mnemonic: string, code: string, offset: Field): Format =>
  writes(mnemonic, `${code}iiiiinnnttt`, [t, n, offset], "{0}, [{1}, #{2}]");
const storeOffset = (mnemonic: string, code: string, offset: Field): Format =>
  acts(mnemonic, `${code}iiiiinnnttt`, [t, n, offset], "{0}, [{1}, #{2}]");

/**
 * The instructions of ARMv6-M that user code may hold (ARM DDI 0419, chapter A6; A5.2 has the patterns). Left out: what only
 * privileged code needs (cps, msr, mrs) and barriers. Operands are in the order of the assembler text, immediates in bytes
 * where the text has bytes.
 */
export const formats = {
  lslsImm: sets("lsls", "00000iiiiimmmddd", [d, m, i], "{0}, {1}, #{2}"),
  lsrsImm: sets("lsrs", "00001iiiiimmmddd", [d, m, shift32], "{0}, {1}, #{2}"),
  asrsImm: sets("asrs", "00010iiiiimmmddd", [d, m, shift32], "{0}, {1}, #{2}"),
  adds: sets("adds", "0001100mmmnnnddd", [d, n, m], "{0}, {1}, {2}"),
  subs: sets("subs", "0001101mmmnnnddd", [d, n, m], "{0}, {1}, {2}"),
  addsImm3: sets("adds", "0001110iiinnnddd", [d, n, i], "{0}, {1}, #{2}"),
  subsImm3: sets("subs", "0001111iiinnnddd", [d, n, i], "{0}, {1}, #{2}"),
  movsImm: sets("movs", "00100dddiiiiiiii", [d, i], "{0}, #{1}"),
  cmpImm: compares("cmp", "00101dddiiiiiiii", [d, i], "{0}, #{1}"),
  addsImm8: sets("adds", "00110dddiiiiiiii", [d, i], "{0}, #{1}"),
  subsImm8: sets("subs", "00111dddiiiiiiii", [d, i], "{0}, #{1}"),
  ands: twoAddress("ands", "0000"),
  eors: twoAddress("eors", "0001"),
  lsls: twoAddress("lsls", "0010"),
  lsrs: twoAddress("lsrs", "0011"),
  asrs: twoAddress("asrs", "0100"),
  adcs: twoAddress("adcs", "0101"),
  sbcs: twoAddress("sbcs", "0110"),
  rors: twoAddress("rors", "0111"),
  tst: compared("tst", "1000"),
  negs: twoAddress("negs", "1001"),
  cmp: compared("cmp", "1010"),
  cmn: compared("cmn", "1011"),
  orrs: twoAddress("orrs", "1100"),
  muls: twoAddress("muls", "1101"),
  bics: twoAddress("bics", "1110"),
  mvns: twoAddress("mvns", "1111"),
  addHigh: writes("add", "01000100dmmmmddd", [d, m], "{0}, {1}"),
  cmpHigh: compares("cmp", "01000101dmmmmddd", [d, m], "{0}, {1}"),
  mov: writes("mov", "01000110dmmmmddd", [d, m], "{0}, {1}"),
  bx: stops("bx", "010001110mmmm000", [m], "{0}"),
  blx: compares("blx", "010001111mmmm000", [m], "{0}"),
  ldrLiteral: writes("ldr", "01001tttiiiiiiii", [t, words], "{0}, [pc, #{1}]"),
  strIndexed: storeIndexed("str", "0101000"),
  strhIndexed: storeIndexed("strh", "0101001"),
  strbIndexed: storeIndexed("strb", "0101010"),
  ldrsbIndexed: loadIndexed("ldrsb", "0101011"),
  ldrIndexed: loadIndexed("ldr", "0101100"),
  ldrhIndexed: loadIndexed("ldrh", "0101101"),
  ldrbIndexed: loadIndexed("ldrb", "0101110"),
  ldrshIndexed: loadIndexed("ldrsh", "0101111"),
  str: storeOffset("str", "01100", words),
  ldr: loadOffset("ldr", "01101", words),
  strb: storeOffset("strb", "01110", i),
  ldrb: loadOffset("ldrb", "01111", i),
  strh: storeOffset("strh", "10000", halves),
  ldrh: loadOffset("ldrh", "10001", halves),
  strStack: acts("str", "10010tttiiiiiiii", [t, words], "{0}, [sp, #{1}]"),
  ldrStack: writes("ldr", "10011tttiiiiiiii", [t, words], "{0}, [sp, #{1}]"),
  adr: writes("add", "10100dddiiiiiiii", [d, words], "{0}, pc, #{1}"),
  addStack: writes("add", "10101dddiiiiiiii", [d, words], "{0}, sp, #{1}"),
  addSp: acts("add", "101100000iiiiiii", [words], "sp, #{0}"),
  subSp: acts("sub", "101100001iiiiiii", [words], "sp, #{0}"),
  sxth: extended("sxth", "1011001000"),
  sxtb: extended("sxtb", "1011001001"),
  uxth: extended("uxth", "1011001010"),
  uxtb: extended("uxtb", "1011001011"),
  push: acts("push", "1011010Rrrrrrrrr", [{ kind: "list", letter: "r", extra: 14 }], "{0}"),
  pop: compares("pop", "1011110Rrrrrrrrr", [{ kind: "list", letter: "r", extra: 15 }], "{0}"),
  rev: extended("rev", "1011101000"),
  rev16: extended("rev16", "1011101001"),
  revsh: extended("revsh", "1011101011"),
  bkpt: acts("bkpt", "10111110iiiiiiii", [i], "{0:x4}"),
  nop: acts("nop", "1011111100000000", [], ""),
  yield: acts("yield", "1011111100010000", [], ""),
  wfe: acts("wfe", "1011111100100000", [], ""),
  wfi: acts("wfi", "1011111100110000", [], ""),
  sev: acts("sev", "1011111101000000", [], ""),
  stm: acts("stmia", "11000nnnrrrrrrrr", [n, { kind: "list", letter: "r" }], "{0}!, {1}"),
  ldm: compares("ldmia", "11001nnnrrrrrrrr", [n, { kind: "list", letter: "r" }], "{0}!, {1}"),
  beq: acts("beq.n", "11010000iiiiiiii", [distance], "{0}"),
  bne: acts("bne.n", "11010001iiiiiiii", [distance], "{0}"),
  bcs: acts("bcs.n", "11010010iiiiiiii", [distance], "{0}"),
  bcc: acts("bcc.n", "11010011iiiiiiii", [distance], "{0}"),
  bmi: acts("bmi.n", "11010100iiiiiiii", [distance], "{0}"),
  bpl: acts("bpl.n", "11010101iiiiiiii", [distance], "{0}"),
  bvs: acts("bvs.n", "11010110iiiiiiii", [distance], "{0}"),
  bvc: acts("bvc.n", "11010111iiiiiiii", [distance], "{0}"),
  bhi: acts("bhi.n", "11011000iiiiiiii", [distance], "{0}"),
  bls: acts("bls.n", "11011001iiiiiiii", [distance], "{0}"),
  bge: acts("bge.n", "11011010iiiiiiii", [distance], "{0}"),
  blt: acts("blt.n", "11011011iiiiiiii", [distance], "{0}"),
  bgt: acts("bgt.n", "11011100iiiiiiii", [distance], "{0}"),
  ble: acts("ble.n", "11011101iiiiiiii", [distance], "{0}"),
  udf: stops("udf", "11011110iiiiiiii", [i], "#{0}"),
  svc: compares("svc", "11011111iiiiiiii", [i], "{0}"),
  b: stops("b.n", "11100iiiiiiiiiii", [distance], "{0}"),
  /** Its distance is coded in two halves, the top bits mixed with the sign (A6.7.13): encode.ts knows. */
  bl: compares("bl", "11110iiiiiiiiiii11i1iiiiiiiiiiii", [distance], "{0}"),
} satisfies Record<string, Format>;

/** The key of an instruction format in `formats`. */
export type FormatName = keyof typeof formats;

/** All names, in the order of the table. */
export const formatNames = Object.keys(formats) as readonly FormatName[];

/** Condition codes of branches, with their opposites. */
export type ConditionCode =
  | "eq"
  | "ne"
  | "cs"
  | "cc"
  | "mi"
  | "pl"
  | "vs"
  | "vc"
  | "hi"
  | "ls"
  | "ge"
  | "lt"
  | "gt"
  | "le";

const opposites: Readonly<Record<ConditionCode, ConditionCode>> = {
  eq: "ne",
  ne: "eq",
  cs: "cc",
  cc: "cs",
  mi: "pl",
  pl: "mi",
  vs: "vc",
  vc: "vs",
  hi: "ls",
  ls: "hi",
  ge: "lt",
  lt: "ge",
  gt: "le",
  le: "gt",
};

/** The condition that holds where this one does not. */
export function opposite(condition: ConditionCode): ConditionCode {
  return opposites[condition];
}
