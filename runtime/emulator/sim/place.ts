import { DiagnosticError } from "../../document/diagnostic.js";
import type { GuestFactory, GuestMaker, VersionSource } from "./guest.js";
import type { ContainerStats } from "./stats.js";
import type { Trap } from "./trap.js";

/** A version of a container, compiled. */
interface Version {
  readonly source: VersionSource;
  readonly make: GuestMaker;
}

/** Where one app runs, whichever version of it. */
export class Place {
  readonly #versions: Version[] = [];
  /** Which container of the core runs here; undefined once the app has been taken off the device. */
  index: number | undefined;
  /** The version that runs. */
  version = 0;
  /** The version that starts when the power comes back. */
  kept = 0;
  /** How a version here has ended last. */
  trap: Trap | null = null;
  /** The most that one event of any version here has taken, if that is counted. */
  longestEventUs: number | undefined;
  /** What there was to tell when the app was taken off the device. */
  last: ContainerStats | undefined;

  constructor(private readonly createGuest: GuestFactory) {}

  get name(): string {
    return this.source.manifest.name;
  }

  /** Of the version that runs. */
  get source(): VersionSource {
    return this.#at(this.version).source;
  }

  sourceOf(version: number): VersionSource {
    return this.#at(version).source;
  }

  makerOf(version: number): GuestMaker {
    return this.#at(version).make;
  }

  /** Returns the number of the version. Rejects with a DiagnosticError if the device cannot take it. */
  async add(source: VersionSource): Promise<number> {
    const { name } = source.manifest;
    const first = this.#versions[0]?.source.manifest.name ?? name;
    if (name !== first)
      throw new DiagnosticError([
        {
          severity: "error",
          code: "container-name",
          message: `container ${first} cannot be replaced by ${name}: versions have one name`,
          hint: `Name it ${first} in thimble.json, or run it beside the other.`,
        },
      ]);
    const make = await this.createGuest(source);
    return this.#versions.push({ source, make }) - 1;
  }

  #at(version: number): Version {
    const found = this.#versions[version];
    if (found === undefined)
      throw new RangeError(`container ${this.name} has no version ${version}`);
    return found;
  }
}
