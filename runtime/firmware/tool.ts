/** Runs a tool of the compiler's. */
import { spawnSync } from "node:child_process";

/** What it prints, given `input`. Throws an Error with its words if it fails, or is not there. */
export function runTool(
  root: string,
  command: string,
  args: readonly string[],
  input = "",
): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    input,
    maxBuffer: 2 ** 26,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} failed:\n${stderr}`);
  return stdout;
}
