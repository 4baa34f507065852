import process from "node:process";
import { explainOutput, runProgram } from "./program.js";
import { processHost } from "./terminal.js";

const host = processHost();
const exitCode = await runProgram(process.argv.slice(2), host);
// A failure of the last writes arrives after them.
await host.wait(0);
process.exitCode = explainOutput(host) ?? exitCode;
