import { DiagnosticError, type Diagnostic } from "../../document/diagnostic.js";
import type { PartSpec } from "../../rig/simulation.js";

/** Throws a DiagnosticError for each two parts that answer at one bus address or are on one pin. */
export function refuseConflicts(parts: ReadonlyMap<string, PartSpec>): void {
  const owners = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const [name, spec] of parts) {
    const place = placeOf(spec);
    const owner = owners.get(place);
    if (owner === undefined) owners.set(place, name);
    else diagnostics.push(conflict(owner, name, place, spec));
  }
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
}

function placeOf(spec: PartSpec): string {
  return "bus" in spec
    ? `address 0x${spec.address.toString(16).padStart(2, "0")} of i2c${spec.bus}`
    : `GP${spec.pin}`;
}

function conflict(first: string, second: string, place: string, spec: PartSpec): Diagnostic {
  return {
    severity: "error",
    code: "part-conflict",
    message: `the parts ${first} and ${second} are both at ${place}`,
    hint:
      "bus" in spec ? "Give one of them another address or bus." : "Give one of them another pin.",
  };
}
