import { spawnSync } from "node:child_process";
import { packagePath, root } from "../helpers/root.js";
import { print, row } from "./print.js";

/** A tool that reads the whole tree: its name, its script in node_modules, its arguments. */
export interface Tool {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
}

export const tools: readonly Tool[] = [
  { name: "lint", script: "oxlint/bin/oxlint", args: ["--deny-warnings"] },
  { name: "format", script: "oxfmt/bin/oxfmt", args: ["--check"] },
];

/** Runs a tool; true if it is content. Otherwise it shows what the tool says. */
export function runTool({ name, script, args }: Tool): boolean {
  const startMs = performance.now();
  const file = packagePath("node_modules", ...script.split("/"));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    cwd: root,
    encoding: "utf8",
  });
  print(row(name, status === 0 ? "ok" : "FAILED", startMs));
  if (status !== 0) print(`${stdout}${stderr}`);
  return status === 0;
}
