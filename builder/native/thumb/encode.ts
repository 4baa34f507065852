import { formats, formatNames, type Field, type Format, type FormatName } from "./formats.js";

/** A run of bits of a field: `width` bits of its code from bit `from` on stand at bit `at` of the word. */
interface Run {
  readonly at: number;
  readonly from: number;
  readonly width: number;
}

interface Slot {
  readonly field: Field;
  readonly runs: readonly Run[];
  readonly width: number;
}

/** A format made ready: the fixed bits, and where its fields lie. */
interface Layout {
  readonly name: FormatName;
  readonly format: Format;
  readonly mask: number;
  readonly value: number;
  readonly slots: readonly Slot[];
}

function runsOf(bits: string, letter: string): { runs: Run[]; width: number } {
  const places = [...bits].flatMap((bit, at) => (bit === letter ? [bits.length - 1 - at] : []));
  const width = places.length;
  const runs: Run[] = [];
  let k = 0;
  while (k < width) {
    let end = k + 1;
    while (end < width && places[end] === places[end - 1]! - 1) end += 1;
    runs.push({ at: places[end - 1]!, from: width - end, width: end - k });
    k = end;
  }
  return { runs, width };
}

function layoutOf(name: FormatName): Layout {
  const format: Format = formats[name];
  const fixed = (digits: Record<string, string>) =>
    Number.parseInt([...format.bits].map((bit) => digits[bit] ?? "0").join(""), 2);
  return {
    name,
    format,
    mask: fixed({ "0": "1", "1": "1" }),
    value: fixed({ "1": "1" }),
    slots: format.fields.map((field) => ({ field, ...runsOf(format.bits, field.letter) })),
  };
}

const layouts = new Map(formatNames.map((name) => [name, layoutOf(name)]));

/** Bytes of an instruction of this format: 2, or 4 for bl. */
export function sizeOf(name: FormatName): number {
  return name === "bl" ? 4 : 2;
}

const fits = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;

/** The code of an operand, or -1 if it has none. */
function codeOf({ field, width }: Slot, operand: number): number {
  switch (field.kind) {
    case "register":
      return fits(operand, 0, 2 ** width - 1) ? operand : -1;
    case "unsigned": {
      if (operand === field.zeroMeans) return 0;
      const code = operand / field.scale;
      if (code === 0 && field.zeroMeans !== undefined) return -1;
      return fits(code, 0, 2 ** width - 1) ? code : -1;
    }
    case "distance": {
      const code = operand / 2;
      const half = 2 ** (width - 1);
      return fits(code, -half, half - 1) ? code & (2 ** width - 1) : -1;
    }
    case "list": {
      const extra = field.extra === undefined ? 0 : 1 << field.extra;
      if (operand === 0 || (operand & ~(0xff | extra)) !== 0) return -1;
      return operand & 0xff;
    }
  }
}

/** Whether these operands have an encoding in the format. */
export function encodes(name: FormatName, ...operands: readonly number[]): boolean {
  if (name === "bl") return fits(operands[0]! / 2, -(2 ** 23), 2 ** 23 - 1);
  return layouts.get(name)!.slots.every((slot, k) => codeOf(slot, operands[k]!) >= 0);
}

/** bl (A6.7.13): sign, then two bits stored as J = not (I xor sign), then 10 and 11 bits. */
function encodeBl(distance: number): [number, number] {
  if (!fits(distance / 2, -(2 ** 23), 2 ** 23 - 1))
    throw new RangeError(`bl reaches 16 MB, not ${distance}`);
  const sign = distance < 0 ? 1 : 0;
  const j1 = ((distance >> 23) & 1) ^ sign ^ 1;
  const j2 = ((distance >> 22) & 1) ^ sign ^ 1;
  return [
    0xf000 | (sign << 10) | ((distance >> 12) & 0x3ff),
    0xd000 | (j1 << 13) | (j2 << 11) | ((distance >> 1) & 0x7ff),
  ];
}

/**
 * The halfwords of an instruction. Operands are numbers in the order of the format's fields: registers 0-15, immediates as the
 * text has them, branch distances in bytes from the instruction + 4, register lists as masks.
 * @throws RangeError for an operand that the format cannot hold.
 */
export function encode(name: FormatName, ...operands: readonly number[]): readonly number[] {
  if (name === "bl") return encodeBl(operands[0]!);
  const { value, slots, format } = layouts.get(name)!;
  let word = value;
  for (let k = 0; k < slots.length; k++) {
    const slot = slots[k]!;
    const operand = operands[k]!;
    const code = codeOf(slot, operand);
    if (code < 0) throw new RangeError(`${format.mnemonic} (${name}) cannot hold ${operand}`);
    for (const run of slot.runs) word |= ((code >> run.from) & ((1 << run.width) - 1)) << run.at;
    if (slot.field.kind === "list" && operand > 0xff) word |= 1 << 8;
  }
  return [word];
}

/** An instruction taken apart. */
export interface DecodedInstruction {
  readonly name: FormatName;
  readonly operands: readonly number[];
}

function operandOf({ field, runs, width }: Slot, word: number): number {
  let code = 0;
  for (const run of runs) code |= ((word >> run.at) & ((1 << run.width) - 1)) << run.from;
  switch (field.kind) {
    case "register":
      return code;
    case "unsigned":
      return code === 0 && field.zeroMeans !== undefined ? field.zeroMeans : code * field.scale;
    case "distance":
      return (code >= 2 ** (width - 1) ? code - 2 ** width : code) * 2;
    case "list":
      return field.extra !== undefined && word & 0x100 ? code | (1 << field.extra) : code;
  }
}

/** Layouts by the top byte of the halfword. */
const byTopByte: readonly (readonly Layout[])[] = Array.from({ length: 256 }, (_, top) =>
  [...layouts.values()].filter(
    ({ name, mask, value }) => name !== "bl" && ((top << 8) & mask & 0xff00) === (value & 0xff00),
  ),
);

/** Takes a halfword apart (`next` is the one after it, for bl); undefined if no format has it. */
export function decodeInstruction(word: number, next = 0): DecodedInstruction | undefined {
  if (word >> 11 === 0b11110 && (next & 0xd000) === 0xd000) {
    const sign = (word >> 10) & 1;
    const i1 = ((next >> 13) & 1) ^ sign ^ 1;
    const i2 = ((next >> 11) & 1) ^ sign ^ 1;
    const high = (-sign << 24) | (i1 << 23) | (i2 << 22) | ((word & 0x3ff) << 12);
    return { name: "bl", operands: [high | ((next & 0x7ff) << 1)] };
  }
  const layout = byTopByte[word >> 8]!.find(({ mask, value }) => (word & mask) === value);
  if (!layout) return undefined;
  const operands = layout.slots.map((slot) => operandOf(slot, word));
  if (layout.slots.some((slot, k) => codeOf(slot, operands[k]!) < 0)) {
    // lsrs and asrs by 0 are by 32; an empty register list has no meaning.
    return undefined;
  }
  return { name: layout.name, operands };
}
