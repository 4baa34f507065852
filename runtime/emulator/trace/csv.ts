import { pieceLength, type TraceWriter } from "./writer.js";

/** `time_us,channel,value` as CSV (RFC 4180, but lines end in LF), first a line of headings. Memory stays bounded. */
export function createCsvTrace(write: (text: string) => void): TraceWriter {
  let piece = "time_us,channel,value\n";
  return {
    sink({ timeUs, channel, value }) {
      piece += `${timeUs},${quoted(channel)},${typeof value === "number" ? value : quoted(value)}\n`;
      if (piece.length < pieceLength) return;
      write(piece);
      piece = "";
    },
    end() {
      if (piece !== "") write(piece);
      piece = "";
    },
  };
}

/** Section 2, rules 5 to 7: quotes around whatever holds a quote, comma or line end. */
function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
