import type { OffsetMap } from "../wasm/encode.js";

/** Source map of a module, version 3, one generated line whose columns are byte offsets in the module (ECMA-426). */
export interface SourceMap {
  readonly sources: readonly string[];
  /** By increasing offset. `line` and `column` are 0-based as in the format. */
  readonly mappings: readonly Mapping[];
}

export interface Mapping {
  readonly offset: number;
  readonly source: number;
  readonly line: number;
  readonly column: number;
}

/** A place in a source file, 1-based. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Reads what `printSourceMap` writes, and what AssemblyScript does. */
export function parseSourceMap(text: string): SourceMap {
  const { sources, mappings } = JSON.parse(text) as { sources: string[]; mappings: string };
  const parsed: Mapping[] = [];
  let [offset, source, line, column] = [0, 0, 0, 0];
  for (const segment of mappings.split(",")) {
    const [dOffset = 0, dSource, dLine = 0, dColumn = 0] = decodeVlq(segment);
    offset += dOffset;
    if (dSource === undefined) continue;
    source += dSource;
    line += dLine;
    column += dColumn;
    parsed.push({ offset, source, line, column });
  }
  return { sources, mappings: parsed };
}

export function printSourceMap(map: SourceMap, file: string): string {
  let last: Mapping = { offset: 0, source: 0, line: 0, column: 0 };
  const segments = map.mappings.map((mapping) => {
    const deltas = [
      mapping.offset - last.offset,
      mapping.source - last.source,
      mapping.line - last.line,
      mapping.column - last.column,
    ];
    last = mapping;
    return deltas.map(encodeVlq).join("");
  });
  return (
    JSON.stringify({
      version: 3,
      file,
      sources: map.sources,
      names: [],
      mappings: segments.join(","),
    }) + "\n"
  );
}

/** The same map after the code moved. Mappings of instructions that are gone are dropped. */
export function moveMappings(map: SourceMap, offsets: OffsetMap): SourceMap {
  const moved = new Map(offsets);
  const mappings = map.mappings.flatMap((mapping) => {
    const offset = moved.get(mapping.offset);
    return offset === undefined ? [] : [{ ...mapping, offset }];
  });
  return { ...map, mappings: mappings.sort((a, b) => a.offset - b.offset) };
}

/** The source position of the instruction at `offset`: the nearest mapping at or before it. */
export function positionAt({ sources, mappings }: SourceMap, offset: number): Position | undefined {
  let found: Mapping | undefined;
  for (const mapping of mappings) {
    if (mapping.offset > offset) break;
    found = mapping;
  }
  return (
    found && { file: sources[found.source] ?? "", line: found.line + 1, column: found.column + 1 }
  );
}

function decodeVlq(segment: string): number[] {
  const values: number[] = [];
  let value = 0;
  let shift = 0;
  for (const char of segment) {
    const digit = digits.indexOf(char);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    values.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return values;
}

function encodeVlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = "";
  do {
    const more = rest > 31 ? 32 : 0;
    text += digits[(rest & 31) | more];
    rest >>>= 5;
  } while (rest > 0);
  return text;
}
