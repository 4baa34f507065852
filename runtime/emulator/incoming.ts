import { type Diagnostic, DiagnosticError } from "../document/diagnostic.js";
import type { MessageSpec } from "../rig/simulation.js";

/** Throws a DiagnosticError if a message of the rig is longer than one can be. */
export function checkMessages(messages: readonly MessageSpec[], file: string): void {
  const encoder = new TextEncoder();
  const diagnostics: Diagnostic[] = messages
    .filter(({ payload }) => encoder.encode(payload).length > 240)
    .map(({ topic }) => ({
      severity: "error",
      code: "message-length",
      message: `a message on ${topic} is longer than 240 bytes`,
      file,
      hint: "Shorten its payload.",
    }));
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
}
