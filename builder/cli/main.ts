#!/usr/bin/env node
import process from "node:process";
import { runProgram } from "./program.js";
import { processHost } from "./terminal.js";

process.exitCode = await runProgram(process.argv.slice(2), processHost());
