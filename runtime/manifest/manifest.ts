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
  readonly limits: Limits;
}

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
