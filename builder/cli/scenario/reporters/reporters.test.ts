import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Outcome } from "../outcome.js";
import { junitReporter } from "./junit.js";
import { tapReporter } from "./tap.js";

/** Whatever a name, a path or a message may hold. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("\0", "\x1b", "\n", "\r", "\t", "\ud800", "\uffff", "\x85", "]"),
  }),
  fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", "#", "\\", " ", "é", "]]>", ":") }),
);

const outcome: fc.Arbitrary<Outcome> = fc.record(
  {
    file: text,
    line: fc.integer({ min: 1, max: 99 }),
    app: fc.constant("app"),
    scenario: text,
    on: fc.constantFrom("sim", "emu"),
    virtualUs: fc.nat(),
    wallMs: fc.nat(),
    failure: fc.record({
      line: fc.integer({ min: 1, max: 99 }),
      column: fc.constant(1),
      length: fc.constant(3),
      statement: text,
      message: text,
      seen: text,
      timeUs: fc.nat(),
      events: fc.array(text, { maxLength: 3 }),
    }),
  },
  { requiredKeys: ["file", "line", "app", "scenario", "on", "virtualUs", "wallMs"] },
);

function report(reporter: ReturnType<typeof tapReporter>, outcomes: readonly Outcome[]): string {
  const begin = reporter.begin(outcomes.map(({ scenario }) => scenario));
  return [begin, ...outcomes.map((one) => reporter.add(one)), reporter.end(outcomes)].join("");
}

/** A character of XML 1.0, section 2.2, that stands for itself, or one of the references that the report uses. */
const data = String.raw`(?:[^<&>\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Surrogate}]|&(?:amp|lt|gt|quot|#9|#10|#13);)*`;
const attribute = String.raw` [a-z]+="(?:(?!["\n\t\r])${data.slice(0, -1)})*"`;
const open = (name: string): string => `<${name}(?:${attribute})*>`;
const testCase = `    (?:<testcase(?:${attribute})*/>|${open("testcase")}\n      ${open("failure")}${data}</failure>\n    </testcase>)\n`;
const suite = `  ${open("testsuite")}\n(?:${testCase})*  </testsuite>\n`;
const junit = new RegExp(
  String.raw`^<\?xml version="1.0" encoding="UTF-8"\?>\n${open("testsuites")}\n(?:${suite})*</testsuites>\n$`,
  "u",
);

test("JUnit's XML is well-formed whatever is in it, and counts", () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 4 }), (outcomes) => {
      const xml = report(junitReporter(), outcomes);
      assert.match(xml, junit);
      const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
      assert.equal([...xml.matchAll(/<testcase /g)].length, outcomes.length);
      assert.equal([...xml.matchAll(/<failure /g)].length, failed);
      assert.ok(xml.includes(`tests="${outcomes.length}" failures="${failed}"`));
    }),
  );
});

test("TAP has its plan, a test point each, and blocks of YAML that are closed", () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 4 }), (outcomes) => {
      const lines = report(tapReporter(), outcomes).trimEnd().split("\n");
      assert.deepEqual(lines.slice(0, 2), ["TAP version 14", `1..${outcomes.length}`]);
      const points = lines.slice(2).filter((line) => !line.startsWith("  "));
      assert.equal(points.length, outcomes.length);
      for (const [index, point] of points.entries()) {
        const status = outcomes[index]!.failure === undefined ? "ok" : "not ok";
        assert.ok(point.startsWith(`${status} ${index + 1} - `), point);
        // What is left when escapes are taken away has no directive.
        assert.doesNotMatch(point.replace(/\\[\\#]/g, ""), /[#\\]/);
      }
      for (const line of lines.slice(2).filter((one) => one.startsWith("  "))) {
        assert.match(line, /^ {2}(---|\.\.\.|( {2})?([a-z_]+:|-)( .+)?)$/);
        const scalar = /"(.*)"$/.exec(line)?.[0];
        if (scalar !== undefined) assert.equal(typeof JSON.parse(scalar), "string");
      }
      assert.equal(lines.filter((line) => line === "  ---").length, outcomes.length);
      assert.equal(lines.filter((line) => line === "  ...").length, outcomes.length);
    }),
  );
});
