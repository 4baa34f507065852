import { DiagnosticError } from "../../document/diagnostic.js";
import { type ErrorCode, errorCodes } from "./contract.js";

type Words = { readonly [code in ErrorCode]?: readonly [text: string, hint: string] };

const ofLoading: Words = {
  "not-found": ["cannot be replaced: it has not been started", "Start it before."],
  full: [
    "finds no room on the device",
    "Load fewer containers, or such with fewer needs and handlers.",
  ],
  "too-large": [
    "describes more than the device can hold, or a message that can be longer than 240 bytes",
    "Shorten topics and field names, or declare fewer of them.",
  ],
  "wrong-type": ["has a manifest that the device does not understand", "Build the app again."],
  unavailable: [
    "is wired to a pin or bus that the board does not have",
    "Correct the wiring in rig.json.",
  ],
};

const ofSwapping: Words = {
  full: [
    "cannot be replaced now: the device holds as many trials, or changed settings, as it can",
    "Wait until a trial is over.",
  ],
};

/** Why the core does not take a container, by its negated error. */
export function loadRefusal(name: string, status: number): DiagnosticError {
  return refusal(name, status, ofLoading);
}

/** Why the core does not put one version in the place of another. */
export function swapRefusal(name: string, status: number): DiagnosticError {
  return refusal(name, status, ofSwapping);
}

function refusal(name: string, status: number, words: Words): DiagnosticError {
  const code = errorCodes[-status - 1]!;
  const [text, hint] = words[code] ?? [`is refused: ${code}`, "Build the app again."];
  return new DiagnosticError([
    { severity: "error", code: `container-${code}`, message: `container ${name} ${text}`, hint },
  ]);
}
