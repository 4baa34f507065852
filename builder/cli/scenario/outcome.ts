import type { DeviceKind } from "../run/rehearsal.js";

/** What has come of a scenario. */
export interface Outcome {
  /** As the user would write them. */
  readonly file: string;
  /** Of its heading, or of its first statement. */
  readonly line: number;
  readonly app: string;
  readonly scenario: string;
  readonly on: DeviceKind;
  readonly virtualUs: number;
  readonly wallMs: number;
  readonly failure?: ScenarioFailure;
}

export interface ScenarioFailure {
  /** Where the statement stands. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** As written. */
  readonly statement: string;
  /** What is not as it should be, one sentence without its full stop. */
  readonly message: string;
  /** What is so instead. */
  readonly seen: string;
  readonly timeUs: number;
  /** What happened before, the newest last, as lines of a run. */
  readonly events: readonly string[];
}

/** Puts outcomes into a form: each method returns the text that comes next. */
export interface Reporter {
  /** `names` of the scenarios to come, in their order. */
  begin(names: readonly string[]): string;
  add(outcome: Outcome): string;
  end(outcomes: readonly Outcome[]): string;
}
