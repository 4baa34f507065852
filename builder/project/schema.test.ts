import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mostFindings } from "../../runtime/document/findings.js";
import type { Schema } from "../../runtime/document/schema.js";
import { rigSchema } from "../../runtime/rig/rig.schema.js";
import { readRig } from "../../runtime/rig/rig.js";
import { readProject } from "./project.js";
import { projectSchema } from "./thimble.schema.js";

/** Codes of findings that a schema makes; all others are about meaning. */
const schemaCodes = new Set([
  "unknown-field",
  "missing-field",
  "wrong-type",
  "not-allowed",
  "wrong-form",
  "wrong-name",
]);

/** Documents that a schema of ours accepts, made from the schema alone. From depth 0 on, only required fields are made. */
function documentsOf(schema: Schema, root: Schema, depth: number): fc.Arbitrary<unknown> {
  const actual =
    schema.$ref === undefined
      ? schema
      : { ...root.$defs![schema.$ref.slice("#/$defs/".length)]!, ...schema };
  if (actual.oneOf !== undefined) {
    return fc.oneof(...actual.oneOf.map((branch) => documentsOf(branch, root, depth)));
  }
  if (actual.const !== undefined) return fc.constant(actual.const);
  if (actual.enum !== undefined) return fc.constantFrom(...actual.enum);
  if (actual.pattern !== undefined)
    return fc.stringMatching(new RegExp(actual.pattern, "u"), { maxLength: 64 });
  switch (actual.type) {
    case "boolean":
      return fc.boolean();
    case "string":
      return fc.string({ minLength: actual.minLength ?? 0, maxLength: actual.maxLength ?? 10 });
    case "integer":
      return fc.integer({ min: actual.minimum ?? -1000, max: actual.maximum ?? 1000 });
    case "number":
      return fc.double({ min: actual.minimum ?? -1000, max: actual.maximum ?? 1000, noNaN: true });
    case "array":
      return fc.array(documentsOf(actual.items!, root, depth), {
        minLength: actual.minItems ?? 0,
        maxLength: 3,
      });
    default:
      return objectsOf(actual, root, depth);
  }
}

function objectsOf(schema: Schema, root: Schema, depth: number): fc.Arbitrary<unknown> {
  const required = schema.required ?? [];
  const fields = Object.entries(schema.properties ?? {}).filter(
    ([key]) => required.includes(key) || depth > 0,
  );
  const named = fc.record(
    Object.fromEntries(fields.map(([key, value]) => [key, documentsOf(value, root, depth - 1)])),
    { requiredKeys: [...required] },
  );
  if (typeof schema.additionalProperties !== "object") return named;
  const names = documentsOf(schema.propertyNames!, root, depth) as fc.Arbitrary<string>;
  return fc.dictionary(names, documentsOf(schema.additionalProperties, root, depth - 1), {
    maxKeys: 4,
  });
}

test("what the project schema describes, readProject does not find misformed", () => {
  fc.assert(
    fc.property(documentsOf(projectSchema, projectSchema, 4), (document) => {
      const { project, diagnostics } = readProject(JSON.stringify(document), "thimble.json");
      assert.deepEqual(
        diagnostics.filter((finding) => schemaCodes.has(finding.code)),
        [],
      );
      if (diagnostics.length > 0) return;
      const {
        name,
        needs = {},
        settings = {},
      } = document as { name: string; needs?: object; settings?: object };
      assert.equal(project?.name, name);
      assert.deepEqual(
        project.needs.map((need) => need.name),
        Object.keys(needs),
      );
      assert.deepEqual(
        project.settings.map((setting) => setting.name),
        Object.keys(settings),
      );
    }),
  );
});

test("what the rig schema describes, readRig does not find misformed", () => {
  fc.assert(
    fc.property(documentsOf(rigSchema, rigSchema, 6), (document) => {
      const { diagnostics } = readRig(JSON.stringify(document), "rig.json");
      const misformed = diagnostics.filter(
        (finding) => schemaCodes.has(finding.code) && !/calendar/.test(finding.message),
      );
      assert.deepEqual(misformed, []);
    }),
  );
});

test("readers never throw, whatever they are given", () => {
  const junk = fc.oneof(
    fc.string(),
    fc.json(),
    documentsOf(projectSchema, projectSchema, 4).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(junk, fc.nat(), fc.nat(20), (text, at, length) => {
      const cut = at % (text.length + 1);
      const damaged = text.slice(0, cut) + text.slice(cut + length);
      for (const { project, diagnostics } of [readProject(damaged, "x.json")])
        assert.equal(project === undefined, diagnostics.length > 0);
      for (const { rig, diagnostics } of [readRig(damaged, "x.json")])
        assert.equal(rig === undefined, diagnostics.length > 0);
    }),
  );
});

test("hostile files cost little, and little is said about them", () => {
  const many = Array.from({ length: 60_000 }, (_, index) => `"k${index}":0`).join(",");
  const files = [
    `{${many}}`,
    `{"name":"a","needs":{${many}}}`,
    `{"name":"a","needs":{"x":{${many}}}}`,
    `{"name":"a","needs":{${'"led":0,'.repeat(60_000)}"led":0}}`,
    `{"board":"pico","wiring":{},"simulation":{"presses":[${"0,".repeat(60_000)}0]}}`,
    `{"board":"pico","wiring":{},"simulation":{"presses":[${"0,".repeat(5_000)}0]}}`,
  ];
  for (const text of files) {
    for (const { diagnostics } of [readProject(text, "x.json"), readRig(text, "x.json")]) {
      assert.ok(diagnostics.length > 0 && diagnostics.length <= 2 * mostFindings);
    }
  }
});

/** Every schema in a schema. */
function* parts(schema: Schema): Generator<Schema> {
  yield schema;
  const below = [
    ...Object.values(schema.properties ?? {}),
    ...Object.values(schema.$defs ?? {}),
    ...(schema.oneOf ?? []),
  ];
  for (const one of [schema.items, schema.propertyNames, schema.additionalProperties])
    if (typeof one === "object") below.push(one);
  for (const one of below) yield* parts(one);
}

test("schemas keep the conventions that the validator and editors rely on", () => {
  for (const root of [projectSchema, rigSchema]) {
    for (const schema of parts(root)) {
      const at = JSON.stringify(schema).slice(0, 100);
      if (schema.$ref !== undefined)
        assert.ok(root.$defs?.[schema.$ref.replace("#/$defs/", "")], at);
      if (schema.pattern !== undefined) assert.ok(schema.patternErrorMessage, at);
      for (const key of schema.required ?? []) assert.ok(schema.properties?.[key], at);
      if (schema.type === "object") assert.notEqual(schema.additionalProperties, undefined, at);
      for (const branch of schema.oneOf ?? [])
        assert.ok(branch.type !== "object" || (branch.required?.length ?? 0) > 0, at);
      for (const [key, value] of Object.entries(schema.properties ?? {})) {
        const words =
          value.description ??
          root.$defs?.[value.$ref?.replace("#/$defs/", "") ?? ""]?.description ??
          schema.description;
        assert.ok(words, `${key} in ${at}`);
      }
    }
  }
});
