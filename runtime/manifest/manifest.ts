/**
 * What a container says about itself: dist/<app>.manifest.json, beside dist/<app>.wasm.
 * SPEC.md, "Manifest", defines the fields.
 */
export interface Manifest {
  /** Version of this format. */
  readonly format: 1;
  /** Name of the app: 1 to 32 of a-z, 0-9 and `-`, starting with a letter. */
  readonly name: string;
  /** Contract version the container was built against, `major.minor.patch`. */
  readonly contract: string;
  readonly wasm: { readonly bytes: number; /** Lower-case hexadecimal. */ readonly sha256: string };
  /** Imported functions, `interface.function`, sorted. */
  readonly imports: readonly string[];
  /** A need's handle is its position here. */
  readonly needs: readonly Need[];
  /** A setting is known to the container by its position here. */
  readonly settings: readonly Setting[];
  /** What the app keeps over a swap; absent if that is nothing. */
  readonly state?: State;
  readonly limits: Limits;
  /** How a new version proves itself; `defaultHealth` if absent. */
  readonly health?: Health;
  /** What happens after an end; `defaultRestart` if absent. */
  readonly restart?: Restart;
}

/** The one object of the app that moves into its next version. */
export interface State {
  /** Of the object, at most 1,024. */
  readonly bytes: number;
  /** In the order of the class, at most 64. */
  readonly fields: readonly StateField[];
}

/** What moves into the next version, bit by bit. */
export type StateType =
  | "bool"
  | "i8"
  | "u8"
  | "i16"
  | "u16"
  | "i32"
  | "u32"
  | "i64"
  | "u64"
  | "f32"
  | "f64";

/** Moves to the field of the next version that has the same name, or had it (`was`), and the same type. */
export interface StateField {
  readonly name: string;
  readonly type: StateType;
  /** In the object, in bytes. */
  readonly offset: number;
  /** Names that it had in earlier versions. */
  readonly was?: readonly string[];
}

/** A new version is kept if it lives so long and meanwhile does what is asked; else the one before it comes back. */
export interface Health {
  /** Length of the trial, 1 to 65,535. */
  readonly seconds: number;
  /** The least number of events to be handled in it, `start` apart, 0 to 65,535. */
  readonly events: number;
  /** Whether the app must say `confirm()` in it. */
  readonly confirm: boolean;
}

/** An app that has ended is started again after `delayMs`, then twice, four times ... as long; after `attempts` it is parked. */
export interface Restart {
  /** 10 to 60,000. */
  readonly delayMs: number;
  /** 0 to 15. */
  readonly attempts: number;
}

/** Where thimble.json says nothing, and for what was built before there were swaps. */
export const defaultHealth: Health = { seconds: 10, events: 0, confirm: false };
/** Likewise. */
export const defaultRestart: Restart = { delayMs: 1000, attempts: 5 };

/** What a container may use up. */
export interface Limits {
  /** Bytes of linear memory the container may touch: static data and heap, rounded up for the smallest MPU. */
  readonly memoryBytes: number;
  /** Bytes of stack the container may use, an upper bound, or null where recursion leaves it unbounded. */
  readonly stackBytes: number | null;
  /** Longest time one event may take. */
  readonly eventMs: number;
}

/** What an app can ask for. */
export type NeedKind =
  | "gpio-in"
  | "gpio-out"
  | "pwm"
  | "adc"
  | "i2c"
  | "spi"
  | "uart"
  | "publish"
  | "subscribe";

/** Something that an app asks for by name. Its handle is its position in the manifest. */
export type Need =
  | { readonly name: string; readonly kind: "gpio-in" | "gpio-out" | "pwm" | "adc" }
  | {
      readonly name: string;
      readonly kind: "i2c";
      /** 7-bit, right-aligned, 0x08 to 0x77. */ readonly address: number;
    }
  | {
      readonly name: string;
      readonly kind: "spi";
      readonly mode: 0 | 1 | 2 | 3;
      /** Highest clock. */ readonly hertz: number;
    }
  | { readonly name: string; readonly kind: "uart"; readonly baud: number }
  | {
      readonly name: string;
      readonly kind: "publish";
      readonly topic: string;
      readonly fields: readonly Field[];
      /** The last message is kept for those who subscribe later; not if absent. */
      readonly retain?: boolean;
    }
  | { readonly name: string; readonly kind: "subscribe"; readonly topic: string };

/** One number of a structured message. At most 8 a topic. */
export interface Field {
  readonly name: string;
  /** 0 to 9: the integer 21453 with 3 decimals is sent as 21.453. */
  readonly decimals: number;
}

/** All values are raw 32-bit integers: a bool is 0 or 1, a decimal is the number times 10^decimals. */
export interface Setting {
  readonly name: string;
  readonly type: "bool" | "integer" | "decimal";
  /** 0 unless type is `decimal`. */
  readonly decimals: number;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
}
