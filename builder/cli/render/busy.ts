import type { Output } from "../host.js";

/** Says on a terminal what takes a moment, until the returned function wipes it away; elsewhere nothing. */
export function showBusy(output: Output, text: string): () => void {
  if (!output.isTerminal) return () => undefined;
  output.write(text);
  return () => output.write(`\r${" ".repeat(text.length)}\r`);
}
