import type { HostileCase } from "../case.js";
import { accessCases } from "./access.js";
import { contractCases } from "./contract.js";
import { floodCases } from "./floods.js";
import { instanceCases } from "./instance.js";
import { jumpCases } from "./jumps.js";
import { leakCases } from "./leaks.js";
import { lifecycleCases } from "./lifecycle.js";
import { misalignedCases } from "./misaligned.js";
import { privilegeCases } from "./privilege.js";
import { stackCases } from "./stack.js";
import { wasmCases } from "./wasm.js";

/** Every hostile container. */
export const hostileCases: readonly HostileCase[] = [
  ...accessCases,
  ...stackCases,
  ...jumpCases,
  ...privilegeCases,
  ...instanceCases,
  ...leakCases,
  ...misalignedCases,
  ...floodCases,
  ...lifecycleCases,
  ...wasmCases,
  ...contractCases,
];
