import { spawnSync } from "node:child_process";

/** Why tests with skopeo are skipped; false where it is installed. */
export const noSkopeo: string | false =
  spawnSync("skopeo", ["--version"]).status === 0 ? false : "needs skopeo";

/** Runs skopeo, which trusts every image: its policy is that of the machine, and beside the point. Throws what it says where it fails. */
export function skopeo(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("skopeo", ["--insecure-policy", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`skopeo ${args.join(" ")}\n${stderr}`);
  return stdout;
}
