import { decimalsOf } from "./decimal.js";
import { Findings } from "./findings.js";
import { field, placeOf } from "./node.js";
import type {
  JsonArray,
  JsonMember,
  JsonNode,
  JsonNumber,
  JsonObject,
  JsonString,
  Place,
} from "./node.js";
import { nearest } from "./suggest.js";
import { joinPath, listOf, quote } from "./words.js";
import type { Schema, TypeName } from "./schema.js";

/** Checks a document and adds what is wrong to `findings`; true if nothing is. */
export function validate(document: JsonNode, schema: Schema, findings: Findings): boolean {
  const before = findings.diagnostics.length;
  new Validator(schema, findings).check(document, schema, "");
  return findings.diagnostics.length === before;
}

const typeWords: Readonly<Record<TypeName, string>> = {
  object: "an object",
  array: "a list",
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "null",
};

/** Most fields of an object whose schema states no other number: far beyond those it can have. */
const mostFields = 100;

class Validator {
  constructor(
    private readonly root: Schema,
    private readonly findings: Findings,
  ) {}

  check(node: JsonNode, schema: Schema, path: string): void {
    const actual = this.resolve(schema);
    if (actual.oneOf !== undefined) return this.checkOneOf(node, actual, path);
    if (!hasType(node, actual.type)) return this.wrongType(node, actual, [actual.type!], path);
    if (!this.checkAllowed(node, actual, path)) return;
    if (node.kind === "string") this.checkText(node, actual, path);
    if (node.kind === "number") this.checkNumber(node, actual, path);
    if (node.kind === "array") this.checkArray(node, actual, path);
    if (node.kind === "object") this.checkObject(node, actual, path);
  }

  private resolve(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const target = this.root.$defs?.[schema.$ref.replace("#/$defs/", "")];
    if (target === undefined) throw new Error(`the schema has no ${schema.$ref}`);
    // What stands beside $ref, such as a description, is the nearer truth.
    return { ...target, ...schema };
  }

  private wrongType(
    node: JsonNode,
    schema: Schema,
    allowed: readonly TypeName[],
    path: string,
  ): void {
    const words = listOf(
      allowed.map((type) => typeWords[type]),
      "or",
    );
    this.error(
      placeOf(node),
      "wrong-type",
      `${subject(path)} must be ${words}, but is ${describe(node)}`,
      this.hint(schema),
    );
  }

  /** `const` and `enum`. */
  private checkAllowed(node: JsonNode, schema: Schema, path: string): boolean {
    const allowed = schema.const === undefined ? schema.enum : [schema.const];
    if (allowed === undefined || (isScalar(node) && allowed.some((value) => value === node.value)))
      return true;
    this.notAllowed(node, allowed, path);
    return false;
  }

  private notAllowed(
    node: JsonNode,
    allowed: readonly (string | number | boolean)[],
    path: string,
  ): void {
    const words = listOf(
      allowed.map((value) => JSON.stringify(value)),
      "or",
    );
    const texts = allowed.filter((value) => typeof value === "string");
    const near = node.kind === "string" ? nearest(node.value, texts) : undefined;
    const hint = near === undefined ? `Write ${words}.` : `Write ${quote(near)}.`;
    this.error(
      placeOf(node),
      "not-allowed",
      `${subject(path)} is ${describe(node)}, but must be ${words}`,
      hint,
    );
  }

  private checkText(node: JsonString, schema: Schema, path: string): void {
    const { value, place } = node;
    if (schema.pattern !== undefined && !new RegExp(schema.pattern, "u").test(value)) {
      const form = schema.patternErrorMessage ?? `a text of the form ${schema.pattern}`;
      this.error(
        place,
        "wrong-form",
        `${subject(path)} is ${quote(value)}, which is not of the right form`,
        `Write ${form}.`,
      );
    }
    const length = [...value].length;
    const [least, most] = [schema.minLength ?? 0, schema.maxLength ?? Infinity];
    if (length < least)
      this.error(place, "out-of-range", `${subject(path)} is empty`, this.hint(schema));
    if (length > most)
      this.error(
        place,
        "out-of-range",
        `${subject(path)} has ${length} characters`,
        `Write at most ${most}.`,
      );
  }

  private checkNumber(node: JsonNumber, schema: Schema, path: string): void {
    const least = schema.minimum ?? -Infinity;
    const above = schema.exclusiveMinimum ?? -Infinity;
    if (node.value >= least && node.value > above && node.value <= (schema.maximum ?? Infinity))
      return;
    const low = schema.exclusiveMinimum === undefined ? `from ${schema.minimum}` : `above ${above}`;
    const hint =
      schema.maximum === undefined
        ? `Write a number ${low}${schema.minimum === undefined ? "" : " on"}.`
        : `Write a number ${low} to ${schema.maximum}.`;
    this.error(
      node.place,
      "out-of-range",
      `${subject(path)} is ${node.text}, which is too ${node.value > (schema.maximum ?? Infinity) ? "large" : "small"}`,
      hint,
    );
  }

  private checkArray(node: JsonArray, schema: Schema, path: string): void {
    const count = node.items.length;
    const [least, most] = [schema.minItems ?? 0, schema.maxItems ?? Infinity];
    if (count < least)
      this.error(
        placeOf(node),
        "out-of-range",
        `${subject(path)} has ${count === 0 ? "no items" : `${count} items`}`,
        `Write at least ${least}.`,
      );
    if (count > most) {
      const message = `${subject(path)} has ${count} items`;
      this.error(placeOf(node), "out-of-range", message, `Write at most ${most}.`);
      return;
    }
    const items = schema.items;
    if (items !== undefined)
      node.items.forEach((item, index) => this.check(item, items, `${path}[${index}]`));
  }

  private checkObject(node: JsonObject, schema: Schema, path: string): void {
    const properties = schema.properties ?? {};
    const count = node.members.length;
    const most = schema.maxProperties ?? mostFields;
    if (count > most) {
      const message = `${subject(path)} has ${count} entries`;
      this.error(node.members[most]!.keyPlace, "out-of-range", message, `Write at most ${most}.`);
      return;
    }
    const meant = new Set<string | undefined>();
    for (const member of node.members) {
      const { key, keyPlace, value } = member;
      const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
      const other = known ?? schema.additionalProperties;
      if (other === false) meant.add(this.unknownField(member, node, schema, path));
      else if (other !== undefined) {
        if (known === undefined && schema.propertyNames !== undefined)
          this.checkName(key, keyPlace, schema.propertyNames, path);
        this.check(value, other, joinPath(path, key));
      }
    }
    for (const key of schema.required ?? []) {
      if (field(node, key) === undefined && !meant.has(key))
        this.missingField(node, key, properties[key] ?? {}, path);
    }
  }

  /** Returns the field that was meant, where that is clear. */
  private unknownField(
    member: JsonMember,
    node: JsonObject,
    schema: Schema,
    path: string,
  ): string | undefined {
    const free = Object.keys(schema.properties ?? {}).filter(
      (key) => field(node, key) === undefined,
    );
    const near = nearest(member.key, free);
    const others = free.filter((key) => !key.startsWith("$")).map(quote);
    const about =
      schema.description === undefined ? "" : `; this is ${inSentence(schema.description)}`;
    const known = others.length === 0 ? about : `; what can stand here is ${listOf(others, "and")}`;
    const hint = near === undefined ? `Remove it${known}.` : `Write ${quote(near)}.`;
    this.error(
      member.keyPlace,
      "unknown-field",
      `${subject(path)} has no field ${quote(member.key)}`,
      hint,
    );
    return near;
  }

  private checkName(name: string, place: Place, schema: Schema, path: string): void {
    const pattern = new RegExp(this.resolve(schema).pattern ?? "", "u");
    if (pattern.test(name)) return;
    const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
    const camel = words
      .map(
        (word, index) =>
          (index === 0 ? word[0]!.toLowerCase() : word[0]!.toUpperCase()) + word.slice(1),
      )
      .join("");
    const form = this.resolve(schema).patternErrorMessage ?? "another name";
    const hint = pattern.test(camel) ? `Write ${quote(camel)}: ${form}.` : `Write ${form}.`;
    this.error(place, "wrong-name", `${quote(name)} cannot be a name in ${subject(path)}`, hint);
  }

  private missingField(node: JsonObject, key: string, schema: Schema, path: string): void {
    const actual = this.resolve(schema);
    const value = actual.const ?? actual.examples?.[0] ?? actual.enum?.[0] ?? actual.default;
    const example =
      value === undefined
        ? `Add ${quote(key)}`
        : `Add ${quote(key)}: ${JSON.stringify(value)}, for example`;
    this.error(
      placeOf(node),
      "missing-field",
      `${subject(path)} lacks the field ${quote(key)}`,
      `${example}${actual.description === undefined ? "" : `; it is: ${firstSentence(actual.description)}`}.`,
    );
  }

  private checkOneOf(node: JsonNode, schema: Schema, path: string): void {
    const branches = schema.oneOf!.map((branch) => this.resolve(branch));
    const typed = branches.filter((branch) => hasType(node, branch.type));
    if (typed.length === 0) {
      const types = [...new Set(branches.map((branch) => branch.type!))];
      return this.wrongType(node, schema, types, path);
    }
    const branch = node.kind === "object" ? this.chooseBranch(node, typed, path) : typed[0];
    if (branch !== undefined) this.check(node, branch, path);
  }

  /** The branch that the telling field of the object points at. */
  private chooseBranch(
    node: JsonObject,
    branches: readonly Schema[],
    path: string,
  ): Schema | undefined {
    const keys = [...new Set(branches.map((branch) => branch.required![0]!))];
    const present = keys.filter((key) => field(node, key) !== undefined);
    const [key, second] = present;
    if (key === undefined) return this.untold(node, keys, branches, path);
    if (second !== undefined) {
      const place = node.members.find((member) => member.key === second)!.keyPlace;
      this.error(
        place,
        "unknown-field",
        `${subject(path)} has both ${quote(key)} and ${quote(second)}`,
        "Keep one of them.",
      );
      return undefined;
    }
    const told = branches.filter((branch) => branch.required![0] === key);
    if (told.length === 1) return told[0];
    const value = field(node, key)!;
    const chosen = told.find((branch) =>
      allowedOf(this.resolve(branch.properties![key]!)).some(
        (allowed) => isScalar(value) && allowed === value.value,
      ),
    );
    if (chosen === undefined) {
      const allowed = this.toldBy(key, told);
      this.notAllowed(value, allowed, joinPath(path, key));
    }
    return chosen;
  }

  /** The values of a telling field, of all branches. */
  private toldBy(key: string, branches: readonly Schema[]): readonly (string | number | boolean)[] {
    return branches.flatMap((branch) => allowedOf(this.resolve(branch.properties![key]!)));
  }

  private untold(
    node: JsonObject,
    keys: readonly string[],
    branches: readonly Schema[],
    path: string,
  ): undefined {
    for (const member of node.members) {
      const near = nearest(member.key, keys);
      if (near === undefined) continue;
      this.error(
        member.keyPlace,
        "unknown-field",
        `${subject(path)} has no field ${quote(member.key)}`,
        `Write ${quote(near)}.`,
      );
      return;
    }
    const [only] = keys;
    const values =
      keys.length === 1 ? this.toldBy(only!, branches).map((value) => JSON.stringify(value)) : [];
    const hint =
      values.length > 0
        ? `Add ${quote(only!)}: ${listOf(values, "or")}.`
        : `Add one of ${listOf(keys.map(quote), "or")}.`;
    this.error(placeOf(node), "missing-field", `${subject(path)} does not say what it is`, hint);
  }

  private hint(schema: Schema): string {
    const example = schema.examples?.[0] ?? schema.const ?? schema.enum?.[0] ?? schema.default;
    if (example !== undefined) return `Write for example ${JSON.stringify(example)}.`;
    return schema.description === undefined
      ? "See the documentation of the field."
      : `It is: ${firstSentence(schema.description)}.`;
  }

  private error(place: Place, code: string, message: string, hint: string): void {
    this.findings.error(place, code, message, hint);
  }
}

function allowedOf(schema: Schema): readonly (string | number | boolean)[] {
  return schema.const === undefined ? (schema.enum ?? []) : [schema.const];
}

function isScalar(node: JsonNode): node is Exclude<JsonNode, JsonObject | JsonArray> {
  return node.kind !== "object" && node.kind !== "array";
}

function hasType(node: JsonNode, type: TypeName | undefined): boolean {
  if (type === "integer") return node.kind === "number" && decimalsOf(node.text) === 0;
  return type === undefined || node.kind === type;
}

function subject(path: string): string {
  return path === "" ? "the document" : path;
}

function firstSentence(text: string): string {
  const end = /\.(\s|$)/.exec(text);
  return end === null ? text : text.slice(0, end.index);
}

/** The first sentence of a description, to stand inside another one. */
function inSentence(text: string): string {
  const first = firstSentence(text);
  return first.slice(0, 1).toLowerCase() + first.slice(1);
}

/** A value in words, with what was written. */
export function describe(node: JsonNode): string {
  if (node.kind === "string") return quote(node.value);
  if (node.kind === "number") return node.text;
  return isScalar(node) ? String(node.value) : typeWords[node.kind];
}
