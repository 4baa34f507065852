import type { Manifest, Setting } from "../../manifest/manifest.js";
import { isSameSetting } from "../../manifest/settings.js";
import type { Connection } from "../../rig/connection.js";

/** A version of a container that lies in the flash of an emulated device. */
export interface EmulatedVersion {
  readonly manifest: Manifest;
  readonly connections: readonly Connection[];
  /** Raw values of settings by name where the store has others than the defaults. */
  readonly settings?: ReadonlyMap<string, number>;
}

/** What the store holds for one place: the version that is started first, and versions 1, 2, ... of the same app. */
export interface EmulatedContainer extends EmulatedVersion {
  readonly versions?: readonly EmulatedVersion[];
}

/** A version that runs or stands by, and the settings that were changed since it was loaded, by position. */
interface Running {
  readonly version: number;
  readonly changed: Map<number, number>;
}

/** What is known of one place of the device: which version runs there, and with which settings. */
export class Place {
  readonly #versions: readonly EmulatedVersion[];
  #running: Running = { version: 0, changed: new Map() };
  #standby: Running | undefined;
  #kept = 0;

  constructor({ versions = [], ...first }: EmulatedContainer) {
    this.#versions = [first, ...versions];
  }

  get name(): string {
    return this.#versions[0]!.manifest.name;
  }

  get version(): number {
    return this.#running.version;
  }

  get onTrial(): boolean {
    return this.#standby !== undefined;
  }

  get settings(): readonly Setting[] {
    return this.#at(this.version).manifest.settings;
  }

  has(version: number): boolean {
    return this.#versions[version] !== undefined;
  }

  /** Raw, by position. */
  setting(position: number): number {
    const { settings } = this.#at(this.version);
    const setting = this.settings[position];
    if (setting === undefined) return 0;
    return this.#running.changed.get(position) ?? settings?.get(setting.name) ?? setting.default;
  }

  change(position: number, value: number): void {
    this.#running.changed.set(position, value);
  }

  /** What was changed goes over to settings that mean the same (SPEC.md section 3). */
  try(version: number): void {
    this.#standby ??= this.#running;
    const from = this.settings;
    const changed = new Map<number, number>();
    for (const [position, value] of this.#running.changed) {
      const heir = this.#at(version).manifest.settings.findIndex((to) =>
        isSameSetting(from[position]!, to, value),
      );
      if (heir >= 0) changed.set(heir, value);
    }
    this.#running = { version, changed };
  }

  keep(): void {
    this.#standby = undefined;
    this.#kept = this.version;
  }

  back(): void {
    this.#running = this.#standby ?? this.#running;
    this.#standby = undefined;
  }

  /** The power comes back, or the chip was reset. */
  restart(): void {
    this.#standby = undefined;
    this.#running = { version: this.#kept, changed: new Map() };
  }

  #at(version: number): EmulatedVersion {
    return this.#versions[version]!;
  }
}
