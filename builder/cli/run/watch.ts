import { isDeepStrictEqual } from "node:util";
import {
  DiagnosticError,
  hasError,
  type Diagnostic,
} from "../../../runtime/document/diagnostic.js";
import { compareState, type StateChanges } from "../../../runtime/manifest/compare.js";
import { sameSurroundings } from "../../../runtime/rig/join.js";
import { kindOf, loadContainer } from "../container.js";
import { Failure, usageFailure } from "../failure.js";
import type { Host } from "../host.js";
import { SilentReport } from "../report.js";
import { type WiredApp, wireVersion } from "../wiring.js";
import { Edits } from "./edits.js";
import type { RigOptions } from "./prepare.js";
import type { Rehearsal } from "./rehearsal.js";

/** What an edit has come to. */
export interface News {
  /** The app that was edited. */
  readonly app: string;
  /** What was found wrong with it; nothing was swapped where there is an error. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text of a file that a diagnostic names. */
  readonly source: (file: string) => string | undefined;
  /** The version that was swapped in; absent where the container is as it was, or cannot be had. */
  readonly swap?: Swap;
  /** rig.json says other things of the surroundings than those that the run has. */
  readonly otherSurroundings: boolean;
}

export interface Swap {
  readonly version: number;
  /** What becomes of the state. */
  readonly state: StateChanges;
  /** Real time from the first sign of the edit until the new version was in place. */
  readonly editMs: number;
  /** What the build took of it. */
  readonly buildMs: number;
}

/** What an app was made of. */
export interface Sources {
  /** As the user has named it. */
  readonly path: string;
  /** Files, absolute. */
  readonly inputs: ReadonlySet<string>;
}

/** Builds an app again when one of its files has changed, and swaps it into the run. Virtual time stands meanwhile. */
export class Watch {
  readonly #edits: Edits;
  readonly #sources: Sources[];

  /** @param sources of the apps, in the order of their places */
  constructor(
    readonly rehearsal: Rehearsal,
    sources: readonly Sources[],
    readonly options: RigOptions,
    /** Is told what has come of an edit; the lines of the trace about it were before. */
    readonly tell: (news: News) => void,
  ) {
    this.#edits = new Edits(rehearsal.host);
    this.#sources = [...sources];
    for (const { inputs } of sources) this.#edits.follow(inputs);
  }

  /** Resolves when there is something to do. */
  called(): Promise<void> {
    return this.#edits.soon();
  }

  /** Does what there is to do. */
  async visit(): Promise<void> {
    const { seenMs } = this.#edits;
    if (seenMs === undefined) return;
    const changed = await this.#edits.take();
    for (const [index, { inputs }] of this.#sources.entries()) {
      if ([...inputs].some((path) => changed.has(path))) await this.#renew(index, seenMs);
    }
  }

  close(): void {
    this.#edits.close();
  }

  async #renew(index: number, seenMs: number): Promise<void> {
    const { host, apps } = this.rehearsal;
    const { path, inputs } = this.#sources[index]!;
    const report = new SilentReport(host);
    let outcome: Pick<News, "swap" | "otherSurroundings"> = { otherSurroundings: false };
    try {
      const startMs = host.nowMs();
      const container = await loadContainer(report, path);
      const buildMs = host.nowMs() - startMs;
      const wired = apps.map((app) => this.rehearsal.version(app));
      const app = wireVersion(report, wired, index, container, this.options);
      outcome = await this.#replace(index, app, { seenMs, buildMs });
    } catch (error) {
      if (!(error instanceof Failure || error instanceof DiagnosticError)) throw error;
      report.diagnose(error.diagnostics);
    }
    const kept = hasError(report.findings) ? inputs : [];
    this.#sources[index] = { path, inputs: new Set([...report.inputs, ...kept]) };
    this.#edits.follow(report.inputs);
    const { source, findings: diagnostics } = report;
    this.tell({ app: apps[index]!.name, diagnostics, source, ...outcome });
  }

  async #replace(
    index: number,
    fresh: WiredApp,
    times: { readonly seenMs: number; readonly buildMs: number },
  ): Promise<Pick<News, "swap" | "otherSurroundings">> {
    const { host, apps, simulation } = this.rehearsal;
    const app = apps[index]!;
    const old = this.rehearsal.version(app);
    const otherSurroundings = !sameSurroundings(old.rig, fresh.rig);
    if (isSame(old, fresh)) {
      // Lines may have moved, and what is said once of the rig is not said again.
      app.versions[app.running] = { ...old, container: fresh.container, rig: fresh.rig };
      return { otherSurroundings };
    }
    const version = await this.rehearsal.addVersion(index, fresh);
    simulation.swap(index, version);
    const editMs = host.nowMs() - times.seenMs;
    const state = compareState(old.container.manifest.state, fresh.container.manifest.state);
    return { swap: { version, state, editMs, buildMs: times.buildMs }, otherSurroundings };
  }
}

/** Whether a device would see no difference. */
function isSame(one: WiredApp, other: WiredApp): boolean {
  const parts = ({ container, connections }: WiredApp) => [container.manifest, connections];
  return isDeepStrictEqual(parts(one), parts(other));
}

/** Refuses to watch what has no sources. */
export function checkWatchable(host: Host, paths: readonly string[]): void {
  const built = paths.find((path) => kindOf(host, path) !== "app");
  if (built !== undefined)
    throw usageFailure(
      `--watch builds apps from their sources, and ${built} is built`,
      "Name the folder of the app.",
    );
}
