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
export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonBoolean | JsonNull;

export interface JsonObject {
  readonly kind: "object";
  readonly place: Place;
  readonly members: readonly JsonMember[];
}

/** A key of an object and its value. */
export interface JsonMember {
  readonly key: string;
  readonly keyPlace: Place;
  readonly value: JsonNode;
}

export interface JsonArray {
  readonly kind: "array";
  readonly place: Place;
  readonly items: readonly JsonNode[];
}

export interface JsonString {
  readonly kind: "string";
  readonly place: Place;
  readonly value: string;
}

/** A number, which keeps how it was written. */
export interface JsonNumber {
  readonly kind: "number";
  readonly place: Place;
  readonly value: number;
  /** As written. */
  readonly text: string;
}

export interface JsonBoolean {
  readonly kind: "boolean";
  readonly place: Place;
  readonly value: boolean;
}

export interface JsonNull {
  readonly kind: "null";
  readonly place: Place;
  readonly value: null;
}

/** The value of a field of an object, undefined where there is none. */
export function field(node: JsonNode, key: string): JsonNode | undefined {
  return membersOf(node).find((member) => member.key === key)?.value;
}

/** The fields of an object, none of anything else. */
export function membersOf(node: JsonNode | undefined): readonly JsonMember[] {
  return node?.kind === "object" ? node.members : [];
}

/** The items of an array, none of anything else. */
export function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  return node?.kind === "array" ? node.items : [];
}

/** The text of a field; `otherwise` where there is no such field. */
export function textField(node: JsonNode, key: string, otherwise?: string): string {
  const value = field(node, key);
  return value?.kind === "string" ? value.value : expected(otherwise, key);
}

/** The number of a field; `otherwise` where there is no such field. */
export function numberField(node: JsonNode, key: string, otherwise?: number): number {
  const value = field(node, key);
  return value?.kind === "number" ? value.value : expected(otherwise, key);
}

/** Whether a field is there and true. */
export function isTrue(node: JsonNode, key: string): boolean {
  const value = field(node, key);
  return value?.kind === "boolean" && value.value;
}

/** The fields of a document are read after a schema has accepted it: a missing one is a fault of ours. */
function expected<T>(otherwise: T | undefined, key: string): T {
  if (otherwise === undefined)
    throw new Error(`the schema has accepted a document without "${key}"`);
  return otherwise;
}

/** Where a diagnostic about the value points: at the opening bracket of objects and arrays. */
export function placeOf(node: JsonNode): Place {
  return node.kind === "object" || node.kind === "array"
    ? { ...node.place, length: 1 }
    : node.place;
}
