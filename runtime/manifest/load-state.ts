import type { Findings } from "../document/findings.js";
import type { JsonNode } from "../document/node.js";
import { field, itemsOf, numberField, placeOf, textField } from "../document/node.js";
import { quote } from "../document/words.js";
import type { State, StateField, StateType } from "./manifest.js";
import { nameHash, stateTypeBytes } from "./state.js";
import { mostStateRecords } from "./terms.js";

/** The state of a manifest that the schema has accepted. */
export function readState(node: JsonNode): State {
  return {
    bytes: numberField(node, "bytes"),
    fields: itemsOf(field(node, "fields")).map(readStateField),
  };
}

function readStateField(node: JsonNode): StateField {
  const was = field(node, "was");
  return {
    name: textField(node, "name"),
    type: textField(node, "type") as StateType,
    offset: numberField(node, "offset"),
    ...(was && { was: itemsOf(was).map((item) => (item.kind === "string" ? item.value : "")) }),
  };
}

/** Fields lie inside of the object, each at a multiple of its size, none on another; no two names have the same hash. */
export function checkState(node: JsonNode, findings: Findings, remedy: string): void {
  const items = itemsOf(field(node, "fields"));
  const bytes = numberField(node, "bytes");
  const used = new Set<number>();
  const known = new Map<number, string>();
  for (const item of items) {
    const { name, type, offset, was = [] } = readStateField(item);
    const size = stateTypeBytes[type];
    const own = Array.from({ length: size }, (_, index) => offset + index);
    if (offset % size !== 0 || offset + size > bytes || own.some((byte) => used.has(byte))) {
      const message = `${quote(name)} of the state cannot lie at ${offset} of ${bytes} bytes`;
      findings.error(placeOf(item), "out-of-range", message, remedy);
    }
    for (const byte of own) used.add(byte);
    for (const own of [name, ...was]) {
      const identity = `${own}:${type}`;
      const hash = nameHash(own, type);
      const other = known.get(hash);
      if (other !== undefined) {
        const message =
          other === identity
            ? `two fields of the state are or were ${quote(identity)}`
            : `${quote(identity)} and ${quote(other)} of the state have the same hash`;
        findings.error(placeOf(item), "duplicate-name", message, remedy);
      }
      known.set(hash, identity);
    }
  }
  if (known.size > mostStateRecords)
    findings.error(
      placeOf(node),
      "out-of-range",
      `the state has ${known.size} names and older names, at most ${mostStateRecords}`,
      remedy,
    );
}
