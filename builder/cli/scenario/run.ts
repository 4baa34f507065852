import type { Host } from "../host.js";
import { plain } from "../render/style.js";
import { entryLine } from "../run/lines.js";
import type { DeviceKind, Rehearsal } from "../run/rehearsal.js";
import type { Written } from "./find.js";
import type { Outcome, ScenarioFailure } from "./outcome.js";
import { play, type PlayFault } from "./play.js";
import { type Props, propOf, type Stage, startStage } from "./stage.js";

/** Entries of the trace that are kept: more than any expectation looks back, and than any failure shows. */
const keptEntries = 1000;

/** What a scenario wants on its device. */
export function propsOf(host: Host, { file, app, scenario }: Written): Props {
  const { rig, apps, versions } = scenario.options;
  return {
    ...(rig === undefined ? {} : { rig: propOf(host, file, rig) }),
    apps: [{ path: app }, ...apps.map((path) => propOf(host, file, path))],
    versions: versions.map(({ name, path }) => ({
      name: name.text,
      ...propOf(host, file, path),
    })),
  };
}

/** Runs a scenario on a fresh device. */
export async function runScenario(
  host: Host,
  { file, scenario }: Written,
  stage: Stage,
  on: DeviceKind,
): Promise<Outcome> {
  const startMs = host.nowMs();
  const { device, rehearsal } = await startStage(host, stage, { on, keep: keptEntries });
  const fault = play(scenario, device);
  return {
    file,
    line: scenario.place.line,
    app: rehearsal.names[0]!,
    scenario: scenario.name,
    on,
    virtualUs: device.nowUs,
    wallMs: Math.round((host.nowMs() - startMs) * 10) / 10,
    ...(fault === undefined ? {} : { failure: failureOf(fault, rehearsal) }),
  };
}

function failureOf({ step, ...fault }: PlayFault, rehearsal: Rehearsal): ScenarioFailure {
  const { line, column, length } = step.place;
  return {
    line,
    column,
    length,
    statement: step.text,
    message: fault.message,
    seen: fault.seen,
    timeUs: fault.timeUs,
    events: fault.events.map((entry) => entryLine(entry, rehearsal, plain)),
  };
}
