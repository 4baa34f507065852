/** What a key asks of the live view. */
export type Command =
  | { readonly kind: "press"; /** 1 to 9. */ readonly number: number }
  | { readonly kind: "faster" | "slower" | "pause" | "quit" };

// oxlint-disable-next-line no-control-regex
const escapeSequence = /\x1b(?:\[[0-?]*[ -/]*[@-~]|O[A-Za-z]|[^[O])?/g;

/** The commands in what a terminal sent in raw mode. Arrow keys, paste and other sequences mean nothing. */
export function readKeys(input: string): Command[] {
  return [...input.replace(escapeSequence, "")].flatMap((key): Command[] => {
    if (key >= "1" && key <= "9") return [{ kind: "press", number: Number(key) }];
    if (key === "+" || key === "=") return [{ kind: "faster" }];
    if (key === "-" || key === "_") return [{ kind: "slower" }];
    if (key === " ") return [{ kind: "pause" }];
    // In raw mode Ctrl-C and Ctrl-D arrive as characters.
    if (key === "q" || key === "Q" || key === "\x03" || key === "\x04") return [{ kind: "quit" }];
    return [];
  });
}
