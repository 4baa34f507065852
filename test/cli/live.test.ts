import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { runProgram } from "../../builder/cli/program.js";
import { systemDisk } from "../../builder/cli/terminal.js";
import { TestHost } from "../helpers/host.js";
import { newFolder, thimble } from "./thimble.js";

/** A terminal of 80 by 24 characters, as far as the live view uses one. */
class Terminal {
  readonly rows: string[] = Array.from({ length: 24 }, () => "");
  alternate = false;
  cursor = true;
  /** What stands on the screen that is there when no program runs. */
  normal = "";

  write(text: string): void {
    const pieces =
      // oxlint-disable-next-line no-control-regex
      /\x1b\[\?1049([hl])|\x1b\[\?25([hl])|\x1b\[2J|\x1b\[(\d+);1H([^\x1b]*(?:\x1b\[\d+m[^\x1b]*)*)\x1b\[K|[^\x1b]+|\x1b/g;
    for (const [piece, screen, cursor, row, line] of text.matchAll(pieces)) {
      assert.notEqual(
        piece,
        "\x1b",
        `a sequence the view should not need: ${JSON.stringify(text)}`,
      );
      if (screen !== undefined) this.alternate = screen === "h";
      else if (cursor !== undefined) this.cursor = cursor === "h";
      else if (row !== undefined) this.rows[Number(row) - 1] = line!;
      else if (piece === "\x1b[2J") this.rows.fill("");
      else this.normal += piece;
    }
  }

  get screen(): string {
    return this.rows.join("\n");
  }
}

interface Session {
  readonly host: TestHost;
  readonly terminal: Terminal;
  /** Sends what a keyboard would. */
  type(keys: string): void;
}

/** `thimble run app ARGS` in a terminal; `script` is called before each of the waits that the program makes. */
async function runInTerminal(
  t: TestContext,
  args: readonly string[],
  script: (session: Session, wait: number) => void,
): Promise<Session & { code: number }> {
  const folder = newFolder(t);
  await thimble(folder, "new", "app");
  const host = new TestHost({ folder, disk: systemDisk, terminal: true, env: { NO_COLOR: "1" } });
  const terminal = new Terminal();
  host.out.write = (text) => terminal.write(text);
  let listener: ((keys: string) => void) | undefined;
  host.keyboard = (onInput) => {
    listener = onInput;
    return () => (listener = undefined);
  };
  const session: Session = { host, terminal, type: (keys) => listener?.(keys) };
  let waits = 0;
  host.onWait = () => script(session, waits++);
  const code = await runProgram(["run", "app", ...args], host);
  assert.equal(listener, undefined, "the keyboard is still read");
  assert.deepEqual(
    { alternate: terminal.alternate, cursor: terminal.cursor },
    { alternate: false, cursor: true },
  );
  return { ...session, code };
}

test("within ten seconds there are messages, a curve, and q ends with a summary", async (t) => {
  let screen = "";
  const { code, terminal } = await runInTerminal(t, [], ({ host, terminal, type }) => {
    if (host.ms < 10_000) return;
    screen = terminal.screen;
    assert.ok(terminal.alternate && !terminal.cursor);
    type("q");
  });
  assert.equal(code, 0);
  assert.match(screen, /^ app on pico {50,}00:01:\d\d {3}10x\n/);
  assert.match(screen, /\n room {2}\d\d sent {2}\{"temperature":2\d\.\d{3},"fan":[01]\}/);
  assert.match(screen, /\n fan +GP15 +on +\d+ change/);
  assert.match(screen, /\n limit +24 °C/);
  assert.match(screen, /[⠀-⣿]{5}/);
  assert.match(screen, /\n 1 press {3}\+ - speed {3}space pause {3}q quit *$/);
  assert.match(terminal.normal, /^app ran for 1 min \d+ s in 10\.\d s, 10 times real time\n/);
});

test("keys press the button, change the speed and pause", async (t) => {
  const seen: string[] = [];
  const keys = ["1", "+", "+", "-", " ", "1", " ", "7\x1b[A", "\x03"];
  await runInTerminal(t, [], ({ terminal, type }, wait) => {
    if (wait % 10 !== 9) return;
    seen.push(terminal.rows[0]!.trim().split(/ {3,}/).slice(1).join(" "));
    if (wait === 19) assert.match(terminal.screen, /\d {2}limit 24\.500/);
    type(keys[(wait - 9) / 10]!);
    if (wait === 9) assert.match(terminal.screen, /\n[^\n]+1 button +pressed/);
  });
  assert.equal(seen.length, keys.length);
  const modes = seen.map((line) => line.split(" ")[1]);
  assert.deepEqual(modes, ["10x", "10x", "30x", "60x", "30x", "paused", "paused", "30x", "30x"]);
  assert.equal(seen[5], seen[6], "the clock ran on during a pause");
});

test("an edit is swapped in, and stands above all; what cannot be built too", async (t) => {
  const screens: string[] = [];
  await runInTerminal(t, ["--watch"], ({ host, terminal, type }, wait) => {
    const file = join(host.folder, "app", "app.ts");
    const edit = (from: string, to: string): void => {
      const text = readFileSync(file, "utf8");
      assert.ok(text.includes(from));
      writeFileSync(file, text.replace(from, to));
      host.edited();
    };
    if (wait === 5) edit("every(2000, measure);", "every(4000, measure);");
    if (wait === 60) edit("every(4000, measure);", "every(4000, measures);");
    if (wait === 59 || wait === 90) screens.push(terminal.screen);
    if (wait === 90) type("q");
  });
  assert.match(
    screens[0]!,
    /\n app: version 1 kept *\n has no state {2}to move *\n took +\d+ ms from/,
  );
  assert.match(
    screens[1]!,
    /\n app: cannot be built as it is now; the version before goes on *\n app.app\.ts:\d+:\d+ +\S.*measures/,
  );
});

test("a run that has an end ends by itself, at any speed", async (t) => {
  const { code, terminal } = await runInTerminal(
    t,
    ["--for", "1h", "--speed", "max"],
    () => undefined,
  );
  assert.equal(code, 0);
  assert.match(terminal.normal, /^app ran for 1 h in /);
});

test("a signal from outside ends it like q", async (t) => {
  const { code, terminal } = await runInTerminal(
    t,
    [],
    ({ host }, wait) => void (wait === 5 && host.interrupt()),
  );
  assert.equal(code, 0);
  assert.match(terminal.normal, /^app ran for /);
});

test("the terminal is given back when something breaks", async (t) => {
  const broken = await runInTerminal(t, [], ({ host }, wait) => {
    if (wait === 5)
      Object.defineProperty(host, "nowMs", { value: () => assert.fail("the clock broke") });
  });
  assert.equal(broken.code, 3);
  assert.match(
    broken.host.err.text,
    /^error: thimble met something it did not expect: the clock broke\n {2}hint: Set THIMBLE_DEBUG=1/,
  );
});
