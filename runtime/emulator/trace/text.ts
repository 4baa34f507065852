const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The bytes of a message as its trace shows them: the text, or hexadecimal where it is none. */
export function payloadText(payload: Uint8Array): string {
  try {
    return utf8.decode(payload);
  } catch {
    return [...payload].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
  }
}

/** A line of the log: its level stands before it unless that is `info`. */
export function logText(level: string, text: string): string {
  return level === "info" ? text : `${level}: ${text}`;
}
