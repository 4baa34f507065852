import assert from "node:assert/strict";
import { test } from "node:test";
import { type Condition, conditionText, fulfils } from "./condition.js";
import { parseScenarios } from "./parse.js";

/** A condition as a scenario has it. */
function condition(text: string): Condition {
  const { scenarios, diagnostics } = parseScenarios(
    `expect message t ${text} within 1s`,
    "a.scenario",
    "a",
  );
  assert.deepEqual(diagnostics, [], text);
  const act = scenarios!.scenarios[0]!.steps[0]!.act!;
  assert.ok(act.kind === "expect" && act.subject.kind === "message");
  return act.subject.condition!;
}

const cases: readonly (readonly [condition: string, meets: string[], fails: string[]])[] = [
  ["= 3", ["3", "3.0", "3e0"], ["4", "three", '"3"', "", "[3]"]],
  ["!= 3", ["4", "three"], ["3"]],
  ["> 20.5", ["20.6", "1e3"], ["20.5", "20.4", "warm", "null", "{}"]],
  ["<= -1", ["-1", "-1.5"], ["0", ""]],
  ["= warm", ["warm", '"warm"'], ["cold", "warm ", "Warm"]],
  ['= "3"', ['"3"'], ["3"]],
  ["= true", ["true", "1"], ["false", "0", "2"]],
  ["on = true", ['{"on":1}', '{"on":true}'], ['{"on":0}', "{}", "true"]],
  ["a > 1 and b < 2", ['{"a":2,"b":1}'], ['{"a":1,"b":1}', '{"a":2,"b":2}', '{"a":2}', "2"]],
  ["a != 1", ['{"a":2}'], ['{"a":1}', "{}", "no JSON"]],
  ["toString != 1", [], ["{}"]],
  [
    'matching {"a": {"b": [1, 2]}}',
    ['{"a":{"b":[1,2],"c":3},"d":4}'],
    ['{"a":{"b":[1,2,3]}}', '{"a":{"b":[1]}}', '{"a":[1,2]}', "{}", "a"],
  ],
  ["matching [1]", ["[1]", "[true]"], ["[1,1]", "1"]],
  ["matching /^a+$/i", ["aa", "A"], ["ab", ""]],
];

test("what meets a condition, and what does not", () => {
  for (const [text, meets, fails] of cases) {
    for (const one of meets) assert.ok(fulfils(condition(text), one), `${text}: ${one}`);
    for (const one of fails) assert.ok(!fulfils(condition(text), one), `not ${text}: ${one}`);
  }
});

test("a condition is told as it is written", () => {
  for (const [text] of cases) {
    if (text.startsWith("matching {") || text === "= warm") continue;
    assert.equal(conditionText(condition(text)), text);
  }
  assert.equal(conditionText(condition("= warm")), '= "warm"');
  assert.equal(conditionText(condition('matching {"a": 1}')), 'matching {"a":1}');
});
