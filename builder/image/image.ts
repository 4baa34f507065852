import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import { encodeDescription } from "../../runtime/manifest/description.js";
import type { Manifest } from "../../runtime/manifest/manifest.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { compileNative } from "../native/compile.js";
import { unwired } from "./description.js";
import { payloadMismatch } from "./match.js";
import { payloadOf } from "./native.js";
import { decodePayload, encodePayload, type Payload } from "./payload.js";
import type { StoredContainer } from "./store.js";

/** A container ready for the store of a device, and what finds its way back from there to the module. */
export interface NativeImage extends StoredContainer {
  /** Of the machine code in the payload. */
  readonly codeBytes: number;
  /** What all that the runtime calls takes of the stack, helpers included; null where recursion leaves it without a bound. */
  readonly stackBytes: number | null;
  /** Pairs of 32-bit words, an offset in the code and where in the module it comes from (-1: nowhere). The payload holds its SHA-256. Absent where it was not compiled here. */
  readonly debugMap?: Uint8Array;
  /** What the code at `codeOffset` comes from; undefined where it comes from nothing in the module. */
  locate(codeOffset: number): ModulePlace | undefined;
}

/** An instruction of a module. */
export interface ModulePlace {
  /** Index of its function. */
  readonly function: number;
  /** Byte offset in the module. */
  readonly offset: number;
}

/**
 * Compiles a container for the hardware sandbox and wires it. `connections` are in the order of the needs, without them no pin is known; `settings` are raw values by name
 * that the owner has set: what the device starts with, in place of the defaults. Throws a DiagnosticError.
 */
export async function nativeImage(
  manifest: Manifest,
  wasm: Uint8Array,
  connections: readonly Connection[] = manifest.needs.map(unwired),
  settings: ReadonlyMap<string, number> = new Map(),
): Promise<NativeImage> {
  const { memoryBytes } = manifest.limits;
  const { native, diagnostics } = compileNative(wasm, { bounds: "mpu", memoryBytes });
  if (native === undefined) throw new DiagnosticError(diagnostics);
  const debugMap = writeMap(native.map);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", debugMap));
  const payload = payloadOf(manifest, native, "mpu", digest);
  return {
    ...stored(manifest, payload, connections, settings),
    payload: encodePayload(payload),
    debugMap,
    locate(codeOffset) {
      const [, offset = -1] = native.map.findLast(([from]) => from <= codeOffset) ?? [];
      const within = native.functions.findLast((fn) => fn.offset <= codeOffset);
      if (offset < 0 || within === undefined) return undefined;
      return { function: within.index, offset };
    },
  };
}

/**
 * The same around a payload that was compiled before, which is taken as it is; nothing finds its way back to the module. Throws a
 * DiagnosticError where it is not the payload of this container.
 */
export function payloadImage(
  manifest: Manifest,
  bytes: Uint8Array,
  connections: readonly Connection[] = manifest.needs.map(unwired),
  settings: ReadonlyMap<string, number> = new Map(),
): NativeImage {
  const message = payloadMismatch(bytes, manifest);
  if (message !== undefined)
    throw new DiagnosticError([{ severity: "error", code: "alien-payload", message }]);
  const payload = decodePayload(bytes).payload!;
  return {
    ...stored(manifest, payload, connections, settings),
    payload: bytes,
    locate: () => undefined,
  };
}

function stored(
  manifest: Manifest,
  { code, limits }: Payload,
  connections: readonly Connection[],
  settings: ReadonlyMap<string, number>,
): Pick<NativeImage, "name" | "description" | "codeBytes" | "stackBytes"> {
  const described = withSettings(manifest, settings);
  return {
    name: manifest.name,
    description: encodeDescription(described, connections, limits.memoryBytes),
    codeBytes: code.length,
    stackBytes: limits.stackBytes,
  };
}

/** The manifest with the owner's values as the defaults. */
function withSettings(manifest: Manifest, values: ReadonlyMap<string, number>): Manifest {
  return {
    ...manifest,
    settings: manifest.settings.map((setting) => ({
      ...setting,
      default: values.get(setting.name) ?? setting.default,
    })),
  };
}

function writeMap(map: readonly (readonly [number, number])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 * map.length);
  const view = new DataView(bytes.buffer);
  map.forEach(([codeOffset, wasmOffset], index) => {
    view.setInt32(8 * index, codeOffset, true);
    view.setInt32(8 * index + 4, wasmOffset, true);
  });
  return bytes;
}
