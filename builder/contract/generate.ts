import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { assemblySource } from "./generators/assembly.js";
import { capabilitiesSource } from "./generators/capabilities.js";
import { dispatchSource } from "./generators/dispatch.js";
import { headerSource } from "./generators/header.js";
import { hostSource } from "./generators/host.js";
import { lower } from "./lower.js";
import { readWit } from "./wit.js";

/** Where the contract is, from the root of the repository. */
export const witPath = "sdk/wit/thimble.wit";

/**
 * All bindings of a contract, by path from the root of the repository; none if a diagnostic is an error.
 * @param text the contract in WIT
 */
export function generate(text: string): {
  files: ReadonlyMap<string, string>;
  diagnostics: readonly Diagnostic[];
} {
  const { wit, diagnostics } = readWit(text, witPath);
  if (wit === undefined) return { files: new Map(), diagnostics };
  const lowered = lower(wit, witPath);
  if (lowered.contract === undefined) return { files: new Map(), diagnostics: lowered.diagnostics };
  const { contract } = lowered;
  const files = new Map([
    ["sdk/assembly/contract.ts", assemblySource(contract)],
    ["runtime/core/contract.h", headerSource(contract)],
    ["runtime/core/dispatch.c", dispatchSource(contract)],
    ["runtime/emulator/sim/contract.ts", hostSource(contract)],
    ["builder/contract/capabilities.ts", capabilitiesSource(contract)],
  ]);
  return { files, diagnostics: [] };
}
