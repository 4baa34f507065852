import type { Place } from "./tokens.js";

/** A name and where it stands. */
export interface Name extends Place {
  readonly text: string;
}

/** A tag of a documentation comment: `@max return 256` has the name `max` and two words. */
export interface Tag extends Place {
  readonly name: string;
  readonly words: readonly Name[];
}

export interface Docs {
  /** The lines of the comment that are not tags. */
  readonly lines: readonly string[];
  readonly tags: readonly Tag[];
}

/** A type as written: names are not resolved yet. */
export type WitType = Place &
  (
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "list"; readonly element: WitType }
    | {
        readonly kind: "result";
        /** null is `_`. */ readonly ok: WitType | null;
        readonly error: WitType | null;
      }
  );

export interface WitParameter {
  readonly name: Name;
  readonly type: WitType;
}

export interface WitFunction {
  readonly name: Name;
  readonly docs: Docs;
  readonly parameters: readonly WitParameter[];
  readonly result: WitType | null;
}

export interface WitAlias {
  readonly kind: "alias";
  readonly name: Name;
  readonly docs: Docs;
  readonly type: WitType;
}

export interface WitEnum {
  readonly kind: "enum";
  readonly name: Name;
  readonly docs: Docs;
  readonly cases: readonly { readonly name: Name; readonly docs: Docs }[];
}

/** `use from.{names}` */
export interface WitUse {
  readonly from: Name;
  readonly names: readonly Name[];
}

export interface WitInterface {
  readonly name: Name;
  readonly docs: Docs;
  readonly uses: readonly WitUse[];
  readonly types: readonly (WitAlias | WitEnum)[];
  readonly functions: readonly WitFunction[];
}

export interface WitWorld {
  readonly name: Name;
  readonly docs: Docs;
  readonly uses: readonly WitUse[];
  readonly imports: readonly Name[];
  readonly exports: readonly WitFunction[];
}

export interface WitPackage {
  /** `namespace:name` */
  readonly name: string;
  /** `major.minor.patch` */
  readonly version: string;
  readonly docs: Docs;
  readonly interfaces: readonly WitInterface[];
  readonly worlds: readonly WitWorld[];
}
