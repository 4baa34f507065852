import type { TraceEntry } from "./entry.js";
import { pieceLength, type TraceWriter } from "./writer.js";

/** How a channel is drawn. */
type Kind = "wire" | "real" | "string";

interface Variable {
  readonly kind: Kind;
  /** Identifier code: printable ASCII from `!` on, IEEE 1364 section 18.2.1. */
  readonly code: string;
}

/**
 * A value change dump (IEEE 1364-2005 section 18): pins are wires, numbers are reals, texts are strings as GTKWave reads
 * them. The header lists all channels, so the changes wait in memory until `end`. It holds no date:
 * equal runs give equal files.
 */
export function createVcdTrace(write: (text: string) => void): TraceWriter {
  const variables = new Map<string, Variable>();
  const body: string[] = [];
  let piece = "";
  let timeUs = 0;
  return {
    sink(entry) {
      let variable = variables.get(entry.channel);
      if (!variable)
        variables.set(
          entry.channel,
          (variable = { kind: kindOf(entry), code: identifierCode(variables.size) }),
        );
      if (entry.timeUs !== timeUs) piece += `#${entry.timeUs}\n`;
      timeUs = entry.timeUs;
      piece += change(variable, entry.value);
      if (piece.length < pieceLength) return;
      body.push(piece);
      piece = "";
    },
    end() {
      write(header(variables));
      for (const text of body) write(text);
      if (piece !== "") write(piece);
      body.length = 0;
    },
  };
}

function kindOf({ channel, value }: TraceEntry): Kind {
  if (typeof value === "string") return "string";
  return channel.startsWith("pin.") ? "wire" : "real";
}

/** Shortest code for the `index`-th variable: digits of base 94, lowest first. */
function identifierCode(index: number): string {
  const digit = String.fromCharCode(33 + (index % 94));
  return index < 94 ? digit : digit + identifierCode(Math.floor(index / 94) - 1);
}

function change({ kind, code }: Variable, value: number | string): string {
  if (kind === "wire") return `${value === 0 ? 0 : 1}${code}\n`;
  if (kind === "real") return `r${value} ${code}\n`;
  return `s${escaped(String(value))} ${code}\n`;
}

/** The scopes are the groups of the channels. Wires are unknown until they change. */
function header(variables: ReadonlyMap<string, Variable>): string {
  const groups = new Map<string, string[]>();
  const unknown: string[] = [];
  for (const [channel, { kind, code }] of variables) {
    const dot = channel.indexOf(".");
    const group = dot < 0 ? "trace" : channel.slice(0, dot);
    const size = { wire: 1, real: 64, string: 1 }[kind];
    const lines = groups.get(group) ?? [];
    groups.set(group, lines);
    lines.push(`$var ${kind} ${size} ${code} ${reference(channel.slice(dot + 1))} $end\n`);
    if (kind === "wire") unknown.push(`x${code}\n`);
  }
  const scopes = [...groups].map(
    ([group, lines]) => `$scope module ${reference(group)} $end\n${lines.join("")}$upscope $end\n`,
  );
  return `$version thimble $end\n$timescale 1us $end\n${scopes.join("")}$enddefinitions $end\n#0\n$dumpvars\n${unknown.join("")}$end\n`;
}

/** A name in a declaration has no blanks, and a bracket would begin a range of bits. */
function reference(name: string): string {
  return name.replaceAll(/[^\x21-\x7e]|[[\]]/g, "_") || "_";
}

/** A value ends at a blank: blanks, backslashes and what is not ASCII become the octal escapes of C, over UTF-8. */
function escaped(text: string): string {
  let result = "";
  for (const byte of new TextEncoder().encode(text)) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x5c;
    result += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return result;
}
