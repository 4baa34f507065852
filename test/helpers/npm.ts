import { spawnSync } from "node:child_process";

/** How a command ended: its exit code and all that it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const quiet = { NO_COLOR: "1", npm_config_audit: "false", npm_config_fund: "false" };

/** Runs npm in a folder: the npm that runs the tests, if one does. */
export function npm(folder: string, ...args: readonly string[]): Ended {
  const script = process.env["npm_execpath"];
  const [program, prefix] = script === undefined ? ["npm", []] : [process.execPath, [script]];
  return end(
    spawnSync(program, [...prefix, ...args], {
      cwd: folder,
      encoding: "utf8",
      env: cleanEnvironment(),
      shell: script === undefined && process.platform === "win32",
    }),
  );
}

/** Runs lines as a person would type them, one after the other in one shell, which stops at the first that fails. */
export function typed(folder: string, ...lines: readonly string[]): Ended {
  return end(
    spawnSync(lines.join(" && "), {
      cwd: folder,
      encoding: "utf8",
      env: cleanEnvironment(),
      shell: true,
    }),
  );
}

/** Without what the npm around the tests tells its scripts: a person's shell knows nothing of it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_(?:cache|registry|prefer_offline|offline))/i.test(name),
  );
  return { ...Object.fromEntries(entries), ...quiet };
}

function end(result: { status: number | null; stdout: string; stderr: string }): Ended {
  return { code: result.status, out: result.stdout, err: result.stderr };
}

/** True where npm ended because it reached no registry and its cache had no answer. */
export function isOffline({ code, err }: Ended): boolean {
  return (
    code !== 0 &&
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED|ERR_SOCKET_TIMEOUT/.test(err)
  );
}
