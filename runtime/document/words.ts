/** Longest quotation of what the user wrote. */
const longestQuote = 40;

/** A text in double quotes, escaped as in JSON and cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > longestQuote ? text.slice(0, longestQuote - 1) + "…" : text);
}

/** `a`, `a or b`, `a, b or c`. */
export function listOf(words: readonly string[], last: "or" | "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)!}`;
}

/** The path of a field of the object at `path`: `needs.heater`, `signals["room 1"]`. */
export function joinPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${quote(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
