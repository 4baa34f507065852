import type { ListedFunction, ListingLine } from "../../native/listing.js";
import type { Style } from "./style.js";

/** Where an instruction comes from in the sources, with the text of that line if it is known. */
export interface SourceLine {
  /** `file:line`. */
  readonly place: string;
  readonly text: string | undefined;
}

const wasmColumns = 34;
const codeColumns = 30;

/** A function with its source lines above, the module's instructions on the left, machine code and cycles on the right. */
export function renderListing(
  { name, stackBytes, lines }: ListedFunction,
  sourceOf: (wasmOffset: number) => SourceLine | undefined,
  style: Style,
): string[] {
  const stack = stackBytes === null ? "stack unbounded" : `stack ${stackBytes} B`;
  const out = [`${style.bold(name)}  ${stack}`];
  let place = "";
  let wasmOffset = -1;
  for (const line of lines) {
    const { wasm } = line;
    const source = wasm && sourceOf(wasm.offset);
    if (source && source.place !== place) {
      place = source.place;
      out.push(
        style.dim(`  ${place}${source.text === undefined ? "" : `  ${source.text.trim()}`}`),
      );
    }
    const isNew = wasm !== undefined && wasm.offset !== wasmOffset;
    wasmOffset = wasm?.offset ?? wasmOffset;
    out.push(renderLine(line, isNew ? wasm.text : ""));
  }
  return out;
}

function renderLine({ offset, words, text, cycles }: ListingLine, wasm: string): string {
  const hex = words.map((word) => word.toString(16).padStart(4, "0")).join(" ");
  const [least, most] = [cycles?.least ?? 0, cycles?.most ?? 0];
  const cost = cycles === undefined ? "" : least === most ? `${least}` : `${least}-${most}`;
  const address = offset.toString(16).padStart(4, "0");
  return `    ${wasm.padEnd(wasmColumns)} ${address}: ${hex.padEnd(9)}  ${text.padEnd(codeColumns)} ${cost}`.trimEnd();
}
