import type { Encoded, SectionName } from "../wasm/encode.js";
import { importedFunctions, type Module } from "../wasm/module.js";
import type { FunctionNames } from "../wasm/names.js";
import type { GuestRuntime } from "./assemblyscript.js";
import { positionAt, type Position, type SourceMap } from "./sourcemap.js";

/** Where the bytes of a container are. The rows add up to the total, the largest first. */
export interface SizeSheet {
  readonly totalBytes: number;
  readonly rows: readonly SizeRow[];
  readonly memory: {
    /** Static data, zeros included: where the heap begins. */
    readonly dataBytes: number;
    readonly heapBytes: number;
    /** Both, rounded up to what an MPU can fence. */
    readonly memoryBytes: number;
  };
  /** null where recursion leaves it unbounded. */
  readonly stackBytes: number | null;
  readonly runtime: GuestRuntime;
}

export interface SizeRow {
  /** A function with its place in the source, or a section. */
  readonly part: string;
  readonly bytes: number;
}

const sectionParts: Readonly<Record<Exclude<SectionName, "code">, string>> = {
  types: "types of functions",
  imports: "imports",
  functions: "list of functions",
  table: "table of handlers",
  elements: "table of handlers",
  memory: "memory",
  globals: "module variables",
  exports: "exports",
  start: "exports",
  data: "static data",
  custom: "custom sections",
};

/** Bytes of the module's magic number and version. */
const headerBytes = 8;

export function sizeRows(
  module: Module,
  names: FunctionNames,
  encoded: Encoded,
  map: SourceMap,
): SizeRow[] {
  const rows = new Map<string, number>();
  const add = (part: string, bytes: number): void =>
    void rows.set(part, (rows.get(part) ?? 0) + bytes);
  for (const [section, bytes] of encoded.sectionBytes) {
    if (section !== "code") add(sectionParts[section], bytes);
  }
  const imported = importedFunctions(module).length;
  encoded.bodyBytes.forEach((bytes, k) => {
    const place = placeInApp(map, encoded.codeOffsets[k] ?? 0, encoded.codeOffsets[k + 1]);
    add(functionPart(names.get(imported + k) ?? `function ${imported + k}`, place), bytes);
  });
  const bodies = encoded.bodyBytes.reduce((sum, bytes) => sum + bytes, 0);
  add("headers", headerBytes + (encoded.sectionBytes.get("code") ?? 0) - bodies);
  return [...rows]
    .map(([part, bytes]) => ({ part, bytes }))
    .sort((a, b) => b.bytes - a.bytes || (a.part < b.part ? -1 : 1));
}

/** The first place of the app in these bytes: a function often begins with what was inlined from the SDK. */
function placeInApp(map: SourceMap, from: number, to = Infinity): Position | undefined {
  const first = map.mappings.find(
    ({ offset, source }) =>
      offset >= from && offset < to && !map.sources[source]?.startsWith("~lib/"),
  );
  return first && positionAt(map, first.offset);
}

/** `control (app.ts:12)`, `Bme280#pressurePa (SDK)`. */
function functionPart(name: string, place: Position | undefined): string {
  const short =
    name
      .replace(/^~lib\/thimble\//, "")
      .split("/")
      .at(-1) ?? name;
  if (name === "~start") return "start: the top level of the app";
  if (name.startsWith("~lib/thimble/")) return `${short} (SDK)`;
  if (name.startsWith("~lib/")) return `${short} (standard library)`;
  const anonymous = short.includes("~anonymous");
  const at = place ? ` (${place.file}:${place.line})` : "";
  return anonymous ? `handler${at}` : `${short}${at}`;
}
