export type TypeName = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

/**
 * The part of JSON Schema, draft 2020-12, that thimble's documents are described in. Two conventions:
 * an object schema inside `oneOf` puts first under `required` the field that tells it from its neighbours, and
 * `patternErrorMessage` (a word that VS Code knows too) says in words what `pattern` allows.
 */
export interface Schema {
  readonly $schema?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly type?: TypeName;
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | Schema;
  readonly propertyNames?: Schema;
  readonly maxProperties?: number;
  readonly oneOf?: readonly Schema[];
}
