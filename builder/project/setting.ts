import {
  decimalsOf,
  formatScaled,
  neighbours,
  scaleDecimal,
} from "../../runtime/document/decimal.js";
import type { Findings } from "../../runtime/document/findings.js";
import type { JsonMember, JsonNode, JsonNumber } from "../../runtime/document/node.js";
import { field, numberField, textField } from "../../runtime/document/node.js";
import { joinPath } from "../../runtime/document/words.js";
import type { Setting } from "../../runtime/manifest/manifest.js";

const smallest = -(2n ** 31n);
const largest = 2n ** 31n - 1n;
const mostDecimals = 9;

/** Reads one setting that the schema has accepted; undefined after an error. */
export function readSetting(
  { key: name, value }: JsonMember,
  findings: Findings,
): Setting | undefined {
  const type = textField(value, "type");
  if (type === "bool") {
    const initial = field(value, "default");
    return {
      name,
      type,
      decimals: 0,
      default: initial?.kind === "boolean" && initial.value ? 1 : 0,
      min: 0,
      max: 1,
    };
  }
  const path = joinPath("settings", name);
  const decimals = type === "decimal" ? numberField(value, "decimals") : 0;
  const [initial, min, max] = ["default", "min", "max"].map((key) =>
    readRaw(field(value, key) as JsonNumber, decimals, joinPath(path, key), findings),
  );
  if (initial === undefined || min === undefined || max === undefined) return undefined;
  if (!checkRange(value, initial, min, max, path, findings)) return undefined;
  const unit = field(value, "unit");
  const setting = {
    name,
    type: type === "decimal" ? type : "integer",
    decimals,
    default: initial,
    min,
    max,
  } as const;
  return unit?.kind === "string" ? { ...setting, unit: unit.value } : setting;
}

/** A number as the container knows it: times 10^decimals, exactly, in 32 bits. */
function readRaw(
  node: JsonNumber,
  decimals: number,
  path: string,
  findings: Findings,
): number | undefined {
  const raw = scaleDecimal(node.text, decimals);
  if (raw === undefined) {
    inexact(node, decimals, path, findings);
    return undefined;
  }
  if (raw < smallest || raw > largest) {
    const hint = `With ${decimals} decimals, write ${formatScaled(smallest, decimals)} to ${formatScaled(largest, decimals)}.`;
    findings.error(
      node.place,
      "out-of-range",
      `${path} is ${node.text}, which does not fit 32 bits with ${decimals} decimals`,
      hint,
    );
    return undefined;
  }
  return Number(raw);
}

function inexact(node: JsonNumber, decimals: number, path: string, findings: Findings): void {
  const needed = decimalsOf(node.text);
  const near = neighbours(node.text, decimals);
  if (needed === undefined || near === undefined) {
    findings.error(
      node.place,
      "out-of-range",
      `${path} is ${node.text}, which no setting can hold`,
      `Write ${formatScaled(smallest, decimals)} to ${formatScaled(largest, decimals)}.`,
    );
    return;
  }
  const more = needed <= mostDecimals ? `, or set "decimals" to ${needed}` : "";
  const message = `${path} is ${node.text}: ${needed} decimals where the setting has ${decimals}`;
  findings.error(node.place, "inexact-number", message, `Write ${near[0]} or ${near[1]}${more}.`);
}

function checkRange(
  node: JsonNode,
  initial: number,
  min: number,
  max: number,
  path: string,
  findings: Findings,
): boolean {
  const [initialNode, minNode, maxNode] = ["default", "min", "max"].map(
    (key) => field(node, key) as JsonNumber,
  );
  if (min > max) {
    findings.error(
      minNode!.place,
      "empty-range",
      `${path}.min is ${minNode!.text}, above its max ${maxNode!.text}`,
      "Swap the two.",
    );
    return false;
  }
  if (initial < min || initial > max) {
    const hint = `Write ${minNode!.text} to ${maxNode!.text}, or widen the range.`;
    findings.error(
      initialNode!.place,
      "out-of-range",
      `${path}.default is ${initialNode!.text}, outside its range`,
      hint,
    );
    return false;
  }
  return true;
}
