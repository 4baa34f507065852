import type { Place } from "../../../runtime/document/node.js";
import type { Condition } from "./condition.js";

/** A name or value, with where it stands. */
export interface Named {
  readonly text: string;
  readonly place: Place;
}

/** A file of scenarios. Paths are as written, relative to the file. */
export interface ScenarioFile {
  /** As the user named it. */
  readonly file: string;
  /** Each with the options of the file's head in front of its own. */
  readonly scenarios: readonly Scenario[];
}

export interface Scenario {
  readonly name: string;
  readonly place: Place;
  readonly options: Options;
  /** In the order of writing, which is that of time. */
  readonly steps: readonly Step[];
}

/** What a scenario runs with. */
export interface Options {
  /** In place of the app's rig.json. */
  readonly rig?: Named;
  /** Further apps on the same device. */
  readonly apps: readonly Named[];
  readonly versions: readonly VersionOption[];
}

/** `version v2 PATH`: another version of one of the apps, to be swapped to. */
export interface VersionOption {
  readonly name: Named;
  readonly path: Named;
}

/** One statement. */
export interface Step {
  /** As written, without what stands around it. */
  readonly text: string;
  readonly place: Place;
  /** When it happens; as soon as the statement before it is done, if absent. */
  readonly when?: When;
  /** Absent where the statement only lets time pass. */
  readonly act?: Act;
}

/** A time of the device, or a time after the statement before. */
export interface When {
  readonly kind: "at" | "after";
  readonly us: number;
  readonly place: Place;
}

export type Act = Stimulus | Expect;

/** What a statement does to the device or to what surrounds it. */
export type Stimulus =
  | { readonly kind: "press"; readonly part: Named; readonly forUs: number }
  | { readonly kind: "set"; readonly signal: Named; readonly value: number }
  | {
      readonly kind: "ramp";
      readonly signal: Named;
      /** Where it starts; at the signal's value at that time, if absent. */
      readonly from?: number;
      readonly to: number;
      readonly overUs: number;
    }
  | { readonly kind: "publish"; readonly topic: Named; readonly payload: Named }
  | { readonly kind: "setting"; readonly name: Named; readonly value: Named }
  | { readonly kind: "swap"; readonly app?: Named; readonly version: Named }
  | { readonly kind: "restart" };

export interface Expect {
  readonly kind: "expect";
  readonly subject: Subject;
  /** It must not happen. */
  readonly negated: boolean;
  readonly span: Span;
}

/** Over which time an expectation is judged. */
export type Span =
  /** Now. */
  | { readonly kind: "now" }
  /** At some time until then. */
  | { readonly kind: "within"; readonly us: number }
  /** All the time until then. */
  | { readonly kind: "for"; readonly us: number }
  | { readonly kind: "until"; readonly us: number; readonly place: Place };

/** What is looked at. The first two are so at every time, the others happen at one. */
export type Subject =
  | { readonly kind: "level"; readonly need: Named; readonly on: boolean }
  | { readonly kind: "duty"; readonly need: Named; readonly condition: Condition }
  | { readonly kind: "message"; readonly topic: Named; readonly condition?: Condition }
  | { readonly kind: "log"; readonly app?: Named; readonly condition: Condition }
  | { readonly kind: "trap"; readonly app?: Named; readonly code: Named }
  | { readonly kind: "swap"; readonly app?: Named; readonly outcome: "kept" | "back" }
  | { readonly kind: "parked"; readonly app?: Named };
