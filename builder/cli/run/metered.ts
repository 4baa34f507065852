import { decode } from "../../wasm/decode.js";
import { encode, type Encoded } from "../../wasm/encode.js";
import { meter } from "../../wasm/meter.js";

/** A container that counts its instructions, so that an endless loop ends with `time-budget`. */
export interface Metered {
  readonly wasm: Uint8Array;
  /** Where the instruction at an offset stood in the container. */
  readonly originalOffset: (offset: number) => number;
}

/** Bytes that are no container come back as they are: the simulator says what is wrong with them. */
export function meterContainer(wasm: Uint8Array): Metered {
  const { module } = decode(wasm);
  if (module === undefined) return { wasm, originalOffset: (offset) => offset };
  const encoded = encode(meter(module));
  return { wasm: encoded.bytes, originalOffset: (offset) => originalOffset(encoded, offset) };
}

/** What was added counts to the instruction before it, at the start of a function to the one behind it. */
function originalOffset({ offsets, codeOffsets }: Encoded, offset: number): number {
  const last = offsets.findLastIndex(([, to]) => to <= offset);
  const start = codeOffsets.findLast((first) => first <= offset) ?? 0;
  const [from] =
    (offsets[last]?.[1] ?? -1) < start ? (offsets[last + 1] ?? [offset]) : offsets[last]!;
  return from;
}
