import { compileNative } from "../../native/compile.js";
import { cycleCosts, roughCosts } from "../../native/cost.js";
import { confine } from "../../wasm/confine.js";
import { decode } from "../../wasm/decode.js";
import { encode, type Encoded } from "../../wasm/encode.js";
import { meter, type CycleCosts } from "../../wasm/meter.js";
import type { Module } from "../../wasm/module.js";

/** What a container's limits are taken from. */
export interface Limited {
  readonly wasm: Uint8Array;
  readonly manifest: { readonly limits: { readonly memoryBytes: number } };
}

/** A container for the simulator. */
export interface Metered {
  readonly wasm: Uint8Array;
  /** Where the instruction at an offset stood in the container. */
  readonly originalOffset: (offset: number) => number;
}

/**
 * The container with its limits in it: it counts the cycles that it would take as machine code, so that an event that is too long ends with `time-budget`, and it has
 * the memory that its manifest states, not whole pages. Bytes that are no container come back as they are: the simulator says what is wrong with them.
 */
export function meterContainer({ wasm, manifest }: Limited): Metered {
  const { module } = decode(wasm);
  if (module === undefined) return unmeteredContainer({ wasm });
  const { memoryBytes } = manifest.limits;
  const metered = meter(module, costsOf(wasm, module, memoryBytes));
  const encoded = encode(confine(metered, memoryBytes));
  return { wasm: encoded.bytes, originalOffset: (offset) => originalOffset(encoded, offset) };
}

/** The container as it is: it may take all the time and the whole pages of its memory. */
export function unmeteredContainer({ wasm }: Pick<Limited, "wasm">): Metered {
  return { wasm, originalOffset: (offset) => offset };
}

/** Of what cannot become machine code, and so runs in the simulator only, the costs are rough. */
function costsOf(wasm: Uint8Array, module: Module, memoryBytes: number): CycleCosts {
  const { native } = compileNative(wasm, { bounds: "mpu", memoryBytes });
  return native === undefined ? roughCosts(module) : cycleCosts(native);
}

/** What was added counts to the instruction before it, at the start of a function to the one behind it. */
function originalOffset({ offsets, codeOffsets }: Encoded, offset: number): number {
  const last = offsets.findLastIndex(([, to]) => to <= offset);
  const start = codeOffsets.findLast((first) => first <= offset) ?? 0;
  const [from] =
    (offsets[last]?.[1] ?? -1) < start ? (offsets[last + 1] ?? [offset]) : offsets[last]!;
  return from;
}
