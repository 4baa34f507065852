import assert from "node:assert/strict";
import { test } from "node:test";
import { TestHost } from "../../test/helpers/host.js";
import { packagePath } from "../../test/helpers/root.js";
import { runProgram } from "./program.js";
import { systemDisk } from "./terminal.js";

async function thimble(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const host = new TestHost({ folder: packagePath(), disk: systemDisk });
  const code = await runProgram(args, host);
  return { code, out: host.out.text, err: host.err.text };
}

test("help goes to standard output, with examples and exit codes", async () => {
  const all = await thimble("--help");
  assert.equal(all.code, 0);
  assert.match(all.out, /Usage: thimble/);
  assert.match(all.out, /Exit codes:\n {2}0 {2}done/);
  for (const command of ["new", "build", "run", "inspect", "flash"]) {
    const one = await thimble(command, "--help");
    assert.equal(one.code, 0);
    assert.match(
      one.out,
      new RegExp(`Usage: thimble ${command}[^]*Examples:\\n {2}thimble ${command}`),
    );
    assert.equal((await thimble("help", command)).out, one.out);
    for (const line of one.out.split("\n")) assert.ok(line.length <= 80, line);
  }
});

test("no command at all is a wrong command line, and shows the help", async () => {
  const { code, out, err } = await thimble();
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.match(err, /Usage: thimble/);
});

test("the version is that of the package", async () => {
  const { version } = JSON.parse(
    new TextDecoder().decode(systemDisk.read(packagePath("package.json"))),
  ) as { version: string };
  assert.deepEqual(await thimble("--version"), { code: 0, out: `${version}\n`, err: "" });
});

const wrongLines: readonly (readonly [line: string, message: string])[] = [
  [
    "biuld",
    `error: unknown command 'biuld'\n  hint: Did you mean "build"? "thimble --help" tells what there is.\n`,
  ],
  [
    "run --sped 3",
    `error: unknown option '--sped'\n  hint: Did you mean "--speed"? "thimble run --help" tells what there is.\n`,
  ],
  [
    "new",
    `error: missing required argument 'folder'\n  hint: "thimble new --help" tells what there is.\n`,
  ],
  [
    "build a b",
    `error: too many arguments for 'build'. Expected 1 argument but got 2\n  hint: "thimble build --help" tells what there is.\n`,
  ],
  [
    "run --for",
    `error: option '--for <time>' argument missing\n  hint: "thimble run --help" tells what there is.\n`,
  ],
  [
    "run --for 3x",
    `error: --for "3x" is no time to run for\n  hint: Write a duration such as "250ms", "10s", "5m", "24h" or "328d", or "all".\n`,
  ],
  [
    "run --for 0s",
    `error: --for "0s" is no time to run for\n  hint: Write a duration such as "250ms", "10s", "5m", "24h" or "328d", or "all".\n`,
  ],
  [
    "run --speed fast",
    `error: --speed "fast" is no speed\n  hint: Write how many virtual seconds pass in a real one, such as 1 or 60, or "max".\n`,
  ],
];

for (const [line, message] of wrongLines) {
  test(`wrong command line: ${line}`, async () => {
    assert.deepEqual(await thimble(...line.split(" ")), { code: 2, out: "", err: message });
  });
}

test("with --json a wrong command line gives one document and nothing else", async () => {
  const { code, out, err } = await thimble("run", "--json", "--sped", "3");
  assert.equal(code, 2);
  assert.equal(err, "");
  assert.deepEqual(JSON.parse(out), {
    command: "run",
    ok: false,
    exitCode: 2,
    diagnostics: [
      {
        severity: "error",
        code: "usage",
        message: "unknown option '--sped'",
        hint: 'Did you mean "--speed"? "thimble run --help" tells what there is.',
      },
    ],
  });
});
