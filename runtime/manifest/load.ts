import type { Diagnostic } from "../document/diagnostic.js";
import { hasError } from "../document/diagnostic.js";
import { Findings } from "../document/findings.js";
import { parseJson } from "../document/json.js";
import type { JsonNode } from "../document/node.js";
import { field, isTrue, itemsOf, numberField, placeOf, textField } from "../document/node.js";
import { validate } from "../document/validate.js";
import { quote } from "../document/words.js";
import { checkState, readState } from "./load-state.js";
import type { Field, Manifest, Need, Setting } from "./manifest.js";
import { manifestSchema } from "./manifest.schema.js";

/**
 * Reads dist/<app>.manifest.json, which is not trusted: `manifest` is there unless a diagnostic is an error,
 * and then keeps all that `Manifest` says about ranges and order.
 */
export function readManifest(
  text: string,
  file: string,
): { manifest?: Manifest; diagnostics: Diagnostic[] } {
  const { value, diagnostics } = parseJson(text, file);
  if (value === undefined) return { diagnostics: diagnostics.map(withRemedy) };
  const findings = new Findings(file);
  if (validate(value, manifestSchema, findings)) checkMeaning(value, findings);
  const all = [...diagnostics, ...findings.diagnostics].map(withRemedy);
  return hasError(all) ? { diagnostics: all } : { manifest: convert(value), diagnostics: all };
}

/** A manifest is written by the builder: whatever is wrong in it has one remedy. */
const remedy = "Build the app again with `thimble build`; this file is not written by hand.";

function withRemedy(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, hint: remedy };
}

function checkMeaning(document: JsonNode, findings: Findings): void {
  for (const list of ["needs", "settings"]) {
    const items = itemsOf(field(document, list));
    checkNames(items, list, findings);
    items.forEach((item, index) =>
      checkNames(itemsOf(field(item, "fields")), `${list}[${index}].fields`, findings),
    );
  }
  for (const setting of itemsOf(field(document, "settings"))) checkSetting(setting, findings);
  const state = field(document, "state");
  if (state) checkState(state, findings, remedy);
  checkMemory(field(document, "limits")!, findings);
  let last = "";
  for (const item of itemsOf(field(document, "imports"))) {
    const name = item.kind === "string" ? item.value : "";
    if (name <= last)
      findings.error(
        item.place,
        "wrong-order",
        `${quote(name)} in imports does not come after ${quote(last)}`,
        remedy,
      );
    last = name;
  }
}

/** Memory is fenced in eighths of a power of two from 256 on. */
function checkMemory(limits: JsonNode, findings: Findings): void {
  const bytes = numberField(limits, "memoryBytes");
  let region = 256;
  while (region < bytes) region *= 2;
  if (bytes % (region / 8) === 0) return;
  const message = `limits.memoryBytes is ${bytes}, which is no multiple of ${region / 8}`;
  findings.error(placeOf(field(limits, "memoryBytes")!), "out-of-range", message, remedy);
}

function checkNames(items: readonly JsonNode[], list: string, findings: Findings): void {
  const seen = new Set<string>();
  for (const item of items) {
    const name = textField(item, "name");
    if (seen.has(name))
      findings.error(
        placeOf(item),
        "duplicate-name",
        `${list} has two entries named ${quote(name)}`,
        remedy,
      );
    seen.add(name);
  }
}

function checkSetting(node: JsonNode, findings: Findings): void {
  const { name, type, decimals, default: initial, min, max } = readSetting(node);
  const isBool = type === "bool";
  if (min > initial || initial > max || (isBool && (min !== 0 || max !== 1))) {
    findings.error(
      placeOf(node),
      "out-of-range",
      `the setting ${quote(name)} is ${initial} in a range of ${min} to ${max}`,
      remedy,
    );
  }
  if (type !== "decimal" && decimals !== 0) {
    findings.error(
      placeOf(node),
      "out-of-range",
      `the setting ${quote(name)} is ${type} but has ${decimals} decimals`,
      remedy,
    );
  }
}

function convert(document: JsonNode): Manifest {
  const wasm = field(document, "wasm")!;
  const limits = field(document, "limits")!;
  const [state, health, restart] = ["state", "health", "restart"].map((key) =>
    field(document, key),
  );
  return {
    format: 1,
    name: textField(document, "name"),
    contract: textField(document, "contract"),
    wasm: { bytes: numberField(wasm, "bytes"), sha256: textField(wasm, "sha256") },
    imports: itemsOf(field(document, "imports")).map((item) =>
      item.kind === "string" ? item.value : "",
    ),
    needs: itemsOf(field(document, "needs")).map(readNeed),
    settings: itemsOf(field(document, "settings")).map(readSetting),
    ...(state && { state: readState(state) }),
    limits: {
      memoryBytes: numberField(limits, "memoryBytes"),
      stackBytes:
        field(limits, "stackBytes")?.kind === "null" ? null : numberField(limits, "stackBytes"),
      eventMs: numberField(limits, "eventMs"),
    },
    ...(health && {
      health: {
        seconds: numberField(health, "seconds"),
        events: numberField(health, "events"),
        confirm: isTrue(health, "confirm"),
      },
    }),
    ...(restart && {
      restart: {
        delayMs: numberField(restart, "delayMs"),
        attempts: numberField(restart, "attempts"),
      },
    }),
  };
}

function readNeed(node: JsonNode): Need {
  const name = textField(node, "name");
  const kind = textField(node, "kind") as Need["kind"];
  switch (kind) {
    case "i2c":
      return { name, kind, address: numberField(node, "address") };
    case "spi":
      return {
        name,
        kind,
        mode: numberField(node, "mode") as 0 | 1 | 2 | 3,
        hertz: numberField(node, "hertz"),
      };
    case "uart":
      return { name, kind, baud: numberField(node, "baud") };
    case "publish":
      return {
        name,
        kind,
        topic: textField(node, "topic"),
        fields: itemsOf(field(node, "fields")).map(readField),
        ...(isTrue(node, "retain") && { retain: true }),
      };
    case "subscribe":
      return { name, kind, topic: textField(node, "topic") };
    default:
      return { name, kind };
  }
}

function readField(node: JsonNode): Field {
  return { name: textField(node, "name"), decimals: numberField(node, "decimals") };
}

function readSetting(node: JsonNode): Setting {
  const setting = {
    name: textField(node, "name"),
    type: textField(node, "type") as Setting["type"],
    decimals: numberField(node, "decimals"),
    default: numberField(node, "default"),
    min: numberField(node, "min"),
    max: numberField(node, "max"),
  };
  return field(node, "unit") === undefined
    ? setting
    : { ...setting, unit: textField(node, "unit") };
}
