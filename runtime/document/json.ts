/** Where something stands in a text. */
export interface Place {
  /** UTF-16 code units from the start of the text. */
  readonly offset: number;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** UTF-16 code units. */
  readonly length: number;
}

/** A parsed JSON value that knows where it was written. */
export type JsonNode =
  | { readonly kind: "object"; readonly place: Place; readonly members: readonly JsonMember[] }
  | { readonly kind: "array"; readonly place: Place; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly place: Place; readonly value: string }
  | {
      readonly kind: "number";
      readonly place: Place;
      readonly value: number;
      /** As written. */ readonly text: string;
    }
  | { readonly kind: "boolean"; readonly place: Place; readonly value: boolean }
  | { readonly kind: "null"; readonly place: Place; readonly value: null };

export interface JsonMember {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: JsonNode;
}
