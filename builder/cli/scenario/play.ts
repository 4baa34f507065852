import { ExpectationFault, type ExpectedEnds, type ScriptedDevice } from "./device.js";
import { NameFault, settingRaw } from "./names.js";
import type { Act, Scenario, Step } from "./syntax.js";
import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";

/** The statement at which a scenario has failed. */
export interface PlayFault {
  readonly step: Step;
  /** What is not as it should be, one sentence without its full stop. */
  readonly message: string;
  /** What is so instead. */
  readonly seen: string;
  readonly timeUs: number;
  readonly events: readonly TraceEntry[];
}

/** Lets a device do what a scenario says. Returns the statement that failed, if one did. */
export function play(scenario: Scenario, device: ScriptedDevice): PlayFault | undefined {
  device.expectedEnds = expectedEnds(scenario);
  for (const step of scenario.steps) {
    try {
      perform(step, device);
    } catch (error) {
      return faultOf(step, device, error);
    }
  }
  return undefined;
}

/** Ends that a statement of the scenario asks for. Where a version may go back, it may have ended in any way. */
function expectedEnds({ steps }: Scenario): ExpectedEnds {
  const subjects = steps.flatMap(({ act }) =>
    act?.kind === "expect" && !act.negated ? [act.subject] : [],
  );
  const isAll = subjects.some(
    (subject) =>
      subject.kind === "parked" || (subject.kind === "swap" && subject.outcome === "back"),
  );
  if (isAll) return "all";
  return new Set(
    subjects.flatMap((subject) => (subject.kind === "trap" ? [subject.code.text] : [])),
  );
}

function perform({ when, act }: Step, device: ScriptedDevice): void {
  if (when?.kind === "at") device.advanceTo(when.us);
  if (when?.kind === "after") device.advance(when.us);
  if (act !== undefined) performAct(act, device);
}

function performAct(act: Act, device: ScriptedDevice): void {
  switch (act.kind) {
    case "press":
      return device.press(act.part.text, act.forUs);
    case "set":
      return device.set(act.signal.text, act.value);
    case "ramp":
      return device.ramp(act.signal.text, act.from, act.to, act.overUs);
    case "publish":
      return device.publish(act.topic.text, act.payload.text);
    case "setting": {
      const { setting } = device.names.setting(act.name.text);
      return device.changeSetting(act.name.text, settingRaw(setting, act.value.text));
    }
    case "swap":
      return device.swap(act.version.text, act.app?.text);
    case "restart":
      return device.restart();
    case "expect":
      device.expect(act.subject, act.span, act.negated);
  }
}

function faultOf(step: Step, device: ScriptedDevice, error: unknown): PlayFault {
  if (error instanceof ExpectationFault) {
    const { message, seen, timeUs, events } = error;
    return { step, message, seen, timeUs, events };
  }
  if (!(error instanceof NameFault || error instanceof RangeError)) throw error;
  const { message, seen, timeUs, events } = device.fail("the device refuses that", error.message);
  return { step, message, seen, timeUs, events };
}
