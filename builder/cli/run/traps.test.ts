import assert from "node:assert/strict";
import { test } from "node:test";
import { trapCodes } from "../../../runtime/emulator/sim/contract.js";
import { explainedTraps } from "./traps.js";

test("every trap code of the contract is explained, and no other", () => {
  assert.deepEqual(["none", ...explainedTraps], [...trapCodes]);
});
