import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const tool = "arm-none-eabi-objdump";

/** Why tests with GNU objdump are skipped; false where it is there. */
export const withoutObjdump: string | false =
  spawnSync(tool, ["--version"]).status === 0 ? false : `no ${tool}`;

/** The lines of GNU objdump for raw Thumb code, comments off. */
export function objdumpLines(code: Uint8Array): string[] {
  const folder = mkdtempSync(join(tmpdir(), "thumb-"));
  try {
    const file = join(folder, "code.bin");
    writeFileSync(file, code);
    const { stdout } = spawnSync(
      tool,
      ["-D", "-z", "-b", "binary", "-m", "armv6-m", "-M", "force-thumb", file],
      { encoding: "utf8", maxBuffer: 2 ** 28 },
    );
    return stdout.split("\n").flatMap((line) => {
      const found = /^\s*([0-9a-f]+):\t[0-9a-f ]+\t(.*)$/.exec(line);
      return found ? [found[2]!.replace(/\s*[@;].*$/, "").trim()] : [];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
