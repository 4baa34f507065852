import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { goldenCase } from "../../../test/helpers/diagnostics.js";
import { expectGolden } from "../../../test/helpers/golden.js";
import { packagePath } from "../../../test/helpers/root.js";
import { acts, expectations, heads, synonyms, whens } from "./grammar.js";
import { parseScenarios } from "./parse.js";

const room = "builder/cli/scenario";

/** A tree without its places; patterns as they are written. */
function treeText(value: unknown): string {
  const text = JSON.stringify(value, (key, part: unknown) =>
    key === "place" ? undefined : part instanceof RegExp ? String(part) : part,
  );
  // A name is its text.
  return text.replace(/\{"text":("(?:[^"\\]|\\.)*")\}/g, "$1");
}

const statements = `at 10s press button
press button for 2s at 1m
after 500ms
set temperature to -18.5
ramp temperature from 18 to 30 over 5m
ramp temperature to 3e1 over 1.5h # slow
publish house/mode away
publish setpoint 21.5
publish order "hello # world \\"you\\""
publish order {"a": [1, "}"]}
setting setPoint to 22.5
setting thermostat.eco to true
swap to v2 at 90s
swap thermostat to first
restart at 2m
expect heater on
expect heater on within 2s
at 30s expect heater off
expect heater off until 5m
expect thermostat.heater stays on for 1m
expect "no" on
expect fan >= 40% within 5s
expect fan<50
expect message climate within 1m
expect message climate temperature>20.5 and heating = 1 within 1m
expect message climate matching {"target": 21, "flags": [true]} within 1m
expect message climate = 3 within 1m
expect message state != "off" within 1m
expect message state = off within 1m
expect message state matching /^(on|off\\/)$/i within 1m
expect no message alarm level > 2 for 1m
expect no message alarm within 1m
expect log matching /limit: \\d+/ of fan within 1s
expect log = "warning: hot" within 1s
expect trap time-budget of fan within 1s
expect parked within 1m
expect swap kept within 15s
expect swap back of fan within 15s
expect no swap back until 3m
expect no parked for 1m at 5m`;

test("each statement, as it is understood", () => {
  const text = statements.split("\n").map((line) => {
    const { scenarios, diagnostics } = parseScenarios(line, "a.scenario", "a");
    assert.deepEqual(diagnostics, [], line);
    const [step] = scenarios!.scenarios[0]!.steps;
    const { text: _, ...tree } = step!;
    return `${line}\n  ${treeText(tree)}\n`;
  });
  expectGolden(`${room}/statements.golden.txt`, text.join(""));
});

test("a file with a head and several scenarios", () => {
  const { scenarios, diagnostics } = parseScenarios(
    `\ufeff# For all of them\r\nversion v2 ../../counter-v2\r\n\r\nscenario "one"\r\n  rig cold.json\r\n  expect a on\r\nscenario "two" # again\r\n  app "../my app"\r\n  version v3 ../v3.wasm\r\n\tafter 1s   \r\n`,
    "x/a.scenario",
    "a",
  );
  assert.deepEqual(diagnostics, []);
  const [one, two] = scenarios!.scenarios;
  assert.equal(
    treeText(one!.options),
    '{"rig":"cold.json","apps":[],"versions":[{"name":"v2","path":"../../counter-v2"}]}',
  );
  assert.equal(
    treeText(two!.options),
    '{"apps":["../my app"],"versions":[{"name":"v2","path":"../../counter-v2"},{"name":"v3","path":"../v3.wasm"}]}',
  );
  const { text, place } = two!.steps[0]!;
  assert.deepEqual([text, place.line, place.column, place.length], ["after 1s", 10, 2, 8]);
  assert.equal(one!.name, "one");
});

test("a file without names is one scenario of its own name", () => {
  const { scenarios } = parseScenarios(
    "expect led on\nafter 1s\n",
    "tests/blink.scenario",
    "blink",
  );
  assert.deepEqual(
    scenarios!.scenarios.map(({ name, steps }) => [name, steps.length]),
    [["blink", 2]],
  );
});

const mistakes: readonly (readonly [title: string, text: string])[] = [
  ["an empty file", ""],
  ["only a comment", "# later"],
  ["a word of another tool", "wait 5s"],
  ["a slip of the finger", "expct heater on"],
  ["a word that nothing is like", "frobnicate"],
  ["not a word", '"at" 10s'],
  ["no button", "press"],
  ["no signal", "set to 18"],
  ["no value", "set temperature to"],
  ["no to", "set temperature 18"],
  ["a unit", "set temperature to 18°C"],
  ["not a number", "set temperature to warm"],
  ["a ramp without a duration", "ramp temperature to 30"],
  ["a ramp that takes no time", "ramp temperature to 30 over soon"],
  ["a time without a unit", "at 10 press button"],
  ["a time that is none", "at noon"],
  ["no time", "at"],
  ["two times", "at 10s press button at 20s"],
  ["something behind the end", "restart now"],
  ["a topic in slashes", "publish /a 1"],
  ["no payload", "publish setpoint"],
  ["an operator as a payload", "publish setpoint = 3"],
  ["a text without its end", 'publish setpoint "21'],
  ["an unknown escape", 'publish setpoint "\\x"'],
  ["a brace without its end", 'publish setpoint {"a": 1'],
  ["a character of no token", "press button!"],
  ["a setting without to", "setting setPoint 22"],
  ["a swap to nothing", "swap to"],
  ["a swap without to", "swap v2"],
  ["nothing expected", "expect"],
  ["a level of the pin", "expect heater high"],
  ["a level with a slip", "expect heater onn"],
  ["a need alone", "expect heater"],
  ["stays without a time", "expect heater stays on"],
  ["stays within", "expect heater stays on within 2s"],
  ["no before a pin", "expect no heater on"],
  ["no before a trap", "expect no trap unreachable for 1m"],
  ["no without a time", "expect no message alarm"],
  ["a span with a slip", "expect heater on witin 2s"],
  ["a span of nothing", "expect heater on within 0s"],
  ["a message without a time", "expect message climate"],
  ["a message for a while", "expect message climate for 5s"],
  ["a field without a comparison", "expect message climate temperature 20 within 1m"],
  ["a field alone", "expect message climate temperature"],
  ["a comparison with nothing", "expect message climate temperature >"],
  ["an order of texts", "expect message climate mode > warm within 1m"],
  ["a value with a unit", "expect message climate temperature > 20.5C within 1m"],
  ["JSON behind an operator", 'expect message climate = {"a": 1} within 1m'],
  ["matching a word", "expect message climate matching warm within 1m"],
  ["matching what is no JSON", "expect message climate matching {temperature: 20} within 1m"],
  ["matching JSON with a comma too many", 'expect message climate matching {"a": 1,} within 1m'],
  ["a pattern without its end", "expect log matching /abc within 1s"],
  ["a pattern with other flags", "expect log matching /abc/g within 1s"],
  ["a log without a condition", "expect log within 1s"],
  ["a log of a word", "expect log hot within 1s"],
  ["no end of a trial", "expect swap done within 1s"],
  ["a scenario without a name", "scenario\nexpect led on"],
  ["a scenario without quotes", "scenario heats the room\nexpect led on"],
  ["a scenario with an empty name", 'scenario " "\nexpect led on'],
  ["two scenarios of one name", 'scenario "a"\nexpect led on\nscenario "a"\nexpect led on'],
  ["a scenario without a statement", 'scenario "a"\nscenario "b"\nexpect led on'],
  ["a statement before the first scenario", 'expect led on\nscenario "a"\nexpect led off'],
  ["an option behind a statement", "expect led on\nrig other.json"],
  ["two rigs", "rig a.json\nrig b.json\nexpect led on"],
  ["a version that is there", "version v2 a\nversion v2 b\nexpect led on"],
  ["the name of the first version", "version first a\nexpect led on"],
  ["a version without a path", "version v2\nexpect led on"],
  ["several mistakes in one file", "pres button\nat 5\n\nexpect led blue\nexpect led on"],
];

test("mistakes: where, what was expected, and what to write", () => {
  const cases = mistakes.map(([title, text]) => {
    const { scenarios, diagnostics } = parseScenarios(text, "a.scenario", "a");
    assert.equal(scenarios, undefined, title);
    for (const { line, column, length, hint } of diagnostics)
      assert.ok(line! > 0 && column! > 0 && length! > 0 && hint !== "", title);
    return goldenCase(title, text, diagnostics);
  });
  expectGolden(`${room}/mistakes.golden.txt`, cases.join(""));
});

test("a pattern that is none says why", () => {
  const { diagnostics } = parseScenarios("expect log matching /(/ within 1s", "a", "a");
  assert.equal(diagnostics.length, 1);
  assert.match(diagnostics[0]!.message, /^this is no regular expression: \w/);
  assert.deepEqual([diagnostics[0]!.line, diagnostics[0]!.column], [1, 21]);
});

test("what the grammar gives as examples is understood", () => {
  for (const { example } of [...acts, ...whens, ...expectations])
    assert.deepEqual(parseScenarios(example, "a", "a").diagnostics, [], example);
  for (const { example } of heads)
    assert.deepEqual(parseScenarios(`${example}\nafter 1s`, "a", "a").diagnostics, [], example);
  const words = [...heads, ...acts, ...whens].map(({ word }) => word);
  for (const meant of Object.values(synonyms)) assert.ok(words.includes(meant), meant);
});

test("the page of the room has the grammar", () => {
  const page = readFileSync(packagePath(...room.split("/"), "README.md"), "utf8");
  for (const { usage, meaning, example } of [...heads, ...whens, ...acts, ...expectations]) {
    const row = `| \`${usage.replaceAll("|", "\\|")}\` | ${meaning} | \`${example.replaceAll("|", "\\|")}\` |`;
    assert.ok(page.includes(row), row);
  }
});

test("any text is read or refused with a place in it", () => {
  const all =
    'at 10s expect message climate on to within > 20 {} /a/ no matching and press # { stays for "a" scenario "';
  const words = fc.constantFrom("\n", ...all.split(" "));
  const lines = fc.array(fc.oneof(words, fc.string({ unit: "grapheme" })), { maxLength: 12 });
  fc.assert(
    fc.property(lines, (parts) => {
      const text = parts.join(" ");
      const { scenarios, diagnostics } = parseScenarios(text, "a", "a");
      assert.ok((scenarios === undefined) === diagnostics.length > 0);
      const rows = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
      for (const { line, column, length } of diagnostics) {
        const end = rows[line! - 1]!.length + 2;
        assert.ok(column! >= 1 && length! >= 1 && column! + length! <= Math.max(end, 2), text);
      }
    }),
  );
});
