/** What each code of `trap-code` in the contract means to the author of an app, and what helps. */
const traps: Readonly<Record<string, readonly [meaning: string, hint: string]>> = {
  unreachable: [
    "an assertion failed, an index was out of range or an error was thrown",
    "Check the value before it is used.",
  ],
  "memory-bounds": [
    "an access outside its memory",
    "Check indexes and pointers, or raise limits.memoryBytes in thimble.json.",
  ],
  "divide-by-zero": ["integer division by zero", "Check the divisor first."],
  "integer-overflow": [
    "an integer division or conversion whose result does not fit",
    "Check the range first, or use a wider type.",
  ],
  "invalid-conversion": ["a conversion of NaN to an integer", "Check for NaN first."],
  "bad-indirect-call": ["a call of a function that does not exist", "Pass a function of the app."],
  "stack-overflow": ["calls nested too deep", "Replace the recursion by a loop."],
  "time-budget": [
    "an event took longer than limits.eventMs",
    "Do less in one event, or raise limits.eventMs in thimble.json.",
  ],
  "bad-handle": [
    "a call with a need that this app does not have",
    "Use the objects of thimble/needs.",
  ],
  "bad-pointer": [
    "a call with data outside its memory",
    "Use the objects of thimble rather than the contract itself.",
  ],
  "bad-argument": [
    "a call with a value outside its range",
    "The documentation of the function tells the range.",
  ],
  "too-many-bindings": [
    "more timers, watches or subscriptions than the runtime holds",
    "Use one handler for several of them.",
  ],
  "unknown-call": [
    "a call that the contract does not know",
    "Build the app with this version of thimble.",
  ],
  "bad-instruction": ["code that may not be executed", "Build the app again."],
  "health-missed": [
    "on trial it has not done in time what health asks for",
    "Compare health in thimble.json with what the app does in that time.",
  ],
};

/** The meaning of a trap code and what helps; a code that is not known stands for itself. */
export function explainTrap(code: string): { readonly meaning: string; readonly hint?: string } {
  const [meaning, hint] = traps[code] ?? [code, undefined];
  return hint === undefined ? { meaning } : { meaning, hint };
}

/** The codes that `explainTrap` knows. */
export const explainedTraps: readonly string[] = Object.keys(traps);
