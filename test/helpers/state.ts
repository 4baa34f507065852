import type { State, StateField, StateType } from "../../runtime/manifest/manifest.js";
import { stateTypeBytes } from "../../runtime/manifest/state.js";

/** The layout of a class: each field is `name:type`, with the names that it had behind that, such as `celsius:i32 was kelvin,reading`. */
export function stateOf(...fields: readonly string[]): State {
  let endBytes = 0;
  const laid = fields.map((text): StateField => {
    const [, name, type, was] = /^(\w+):(\w+)(?: was ([\w,]+))?$/.exec(text)!;
    const bytes = stateTypeBytes[type as StateType];
    const offset = Math.ceil(endBytes / bytes) * bytes;
    endBytes = offset + bytes;
    return { name: name!, type: type as StateType, offset, ...(was && { was: was.split(",") }) };
  });
  return { bytes: Math.ceil(endBytes / 8) * 8, fields: laid };
}
