import type { Diagnostic } from "../document/diagnostic.js";
import { hasError } from "../document/diagnostic.js";
import { Findings } from "../document/findings.js";
import { parseJson } from "../document/json.js";
import type { JsonMember, JsonNode, Place } from "../document/node.js";
import { field, membersOf, numberField, placeOf } from "../document/node.js";
import { validate } from "../document/validate.js";
import { readSimulation } from "./read-simulation.js";
import { defaultGridMs, rigSchema } from "./rig.schema.js";
import type { Simulation } from "./simulation.js";

export { connect, type SharedDevice } from "./connect.js";
export { DeviceWiring } from "./device-wiring.js";

/** rig.json: the board, what the needs of an app are wired to, and what surrounds the device in a rehearsal. */
export interface Rig {
  /** The file as the user named it. */
  readonly file: string;
  readonly board: "pico";
  /** Signals change on this grid only. */
  readonly gridUs: number;
  /** By name of the need, as written: what an entry means depends on the kind of the need, so `connect` reads it. */
  readonly wiring: ReadonlyMap<string, JsonMember>;
  /** Where the wiring stands in the file. */
  readonly wiringPlace: Place;
  readonly simulation: Simulation;
}

/** Reads rig.json. `rig` is there unless a diagnostic is an error. */
export function readRig(text: string, file: string): { rig?: Rig; diagnostics: Diagnostic[] } {
  const { value, diagnostics } = parseJson(text, file);
  if (value === undefined) return { diagnostics };
  const findings = new Findings(file);
  const accepted = validate(value, rigSchema, findings) && !hasError(diagnostics);
  const rig = accepted ? convert(value, findings) : undefined;
  diagnostics.push(...findings.diagnostics);
  return rig === undefined || hasError(diagnostics) ? { diagnostics } : { rig, diagnostics };
}

function convert(document: JsonNode, findings: Findings): Rig {
  const wiring = field(document, "wiring")!;
  return {
    file: findings.file,
    board: "pico",
    gridUs: numberField(document, "gridMs", defaultGridMs) * 1000,
    wiring: new Map(membersOf(wiring).map((member) => [member.key, member])),
    wiringPlace: placeOf(wiring),
    simulation: readSimulation(field(document, "simulation"), findings),
  };
}
