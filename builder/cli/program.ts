import { Command, CommanderError } from "commander";
import { DiagnosticError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import { exitCodes, Failure, fileFailure, missingPart, type ExitCode } from "./failure.js";
import { WriteError } from "./files/write.js";
import type { Host } from "./host.js";
import { packageVersion } from "./install.js";
import { displayPath } from "./paths.js";
import { wantsColour } from "./render/style.js";
import { Report } from "./report.js";

/** A command: does its work, tells through the report, returns the exit code. What it throws is explained to the user. */
export type CommandFunction<Options> = (
  report: Report,
  folder: string,
  options: Options,
) => Promise<ExitCode>;

const exitCodeHelp = `
Exit codes:
  0  done
  1  something in the app or its files is wrong, or the app has ended itself
  2  the command line is wrong
  3  the machine is in the way: disk, permissions, missing parts
`;

const jsonHelp = "print one JSON document on standard output and nothing else";

/** Runs the program and returns its exit code. */
export async function runProgram(args: readonly string[], host: Host): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram(host, (code) => (exitCode = code));
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.ok;
    if (error.code !== "commander.help") reportUsage(error, args, host);
    return exitCodes.usage;
  }
}

/** What commander finds wrong, in the words and the form of all other findings. */
function reportUsage(error: CommanderError, args: readonly string[], host: Host): void {
  const [message, suggestion] = error.message
    .replace(/^error: /, "")
    .split(/\n?\(Did you mean (.*)\?\)/s);
  const command = commands.find((name) => name === args[0]);
  const help = `"thimble ${command === undefined ? "" : command + " "}--help" tells what there is.`;
  const hint =
    suggestion === undefined
      ? help
      : `Did you mean "${suggestion.replace(/^one of /, "")}"? ${help}`;
  const report = new Report(host, command ?? "", args.includes("--json"));
  report.diagnose([
    { severity: "error", code: "usage", message: message!.replace(/\.$/, ""), hint },
  ]);
  report.end(exitCodes.usage);
}

const commands = ["new", "build", "run", "inspect"] as const;

function createProgram(host: Host, done: (exitCode: ExitCode) => void): Command {
  const program = new Command("thimble")
    .description(
      "Builds sensor apps written in TypeScript into WebAssembly containers of about a kilobyte, and rehearses them.",
    )
    .version(packageVersion(host), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText(
      "after",
      `${examples(["new my-app", "starts an app in the folder my-app"], ["run", "builds the app in this folder and shows it living"], ["run --for 24h", "shows a day of it"])}${exitCodeHelp}`,
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.out.write(text),
      writeErr: (text) => host.err.write(text),
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(host.out.columns, 100),
      getErrHelpWidth: () => Math.min(host.err.columns, 100),
      getOutHasColors: () => wantsColour(host.out.isTerminal, host.env),
      getErrHasColors: () => wantsColour(host.err.isTerminal, host.env),
    });
  addNew(program, host, done);
  addBuild(program, host, done);
  addRun(program, host, done);
  addInspect(program, host, done);
  return program;
}

function addNew(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  program
    .command("new")
    .summary("start an app in a new folder")
    .description(
      "Writes a small app into FOLDER: app.ts, thimble.json (what it needs), rig.json (what that is wired to) and what an editor wants.",
    )
    .argument("<folder>", "a folder that does not exist yet, or is empty")
    .option("--json", jsonHelp)
    .addHelpText("after", examples(["new my-app", ""], ["new ../greenhouse", ""]))
    .action(async (folder: string, options: { json?: boolean }) => {
      done(
        await perform(
          new Report(host, "new", options.json === true),
          async () => (await import("./new.js")).newCommand,
          folder,
          options,
        ),
      );
    });
}

function addBuild(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  program
    .command("build")
    .summary("build an app into a container")
    .description(
      "Builds the app in the folder APP into dist/NAME.wasm and dist/NAME.manifest.json, with a debug build in dist/debug, and tells where the bytes are.",
    )
    .argument("[app]", "the folder with thimble.json", ".")
    .option("--out <folder>", "write there instead of APP/dist")
    .option("--json", jsonHelp)
    .addHelpText(
      "after",
      examples(
        ["build", "builds the app in this folder"],
        ["build examples/blink --out /tmp/blink", ""],
        ["build --json", "for programs"],
      ),
    )
    .action(async (folder: string, options: { out?: string; json?: boolean }) => {
      done(
        await perform(
          new Report(host, "build", options.json === true),
          async () => (await import("./build.js")).buildCommand,
          folder,
          options,
        ),
      );
    });
}

function addRun(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  const collect = (value: string, before: string[] | undefined): string[] => [
    ...(before ?? []),
    value,
  ];
  program
    .command("run")
    .summary("build an app and run it in the simulator")
    .description(
      "Builds the app in the folder APP and runs it in the simulator: live in a terminal, otherwise as plain lines, " +
        "and then one virtual hour at full speed. APP may also name a container, dist/NAME.wasm.",
    )
    .argument("[app]", "the folder with thimble.json, or a container", ".")
    .option("--rig <file>", "what the app is wired to, instead of APP/rig.json")
    .option(
      "--for <time>",
      'virtual time to run, such as 10s, 5m or 24h; "all" runs to the end of the longest CSV signal',
    )
    .option("--speed <speed>", 'virtual seconds per real second, or "max"')
    .option("--trace <file>", "write every change to a .csv or .vcd file")
    .option(
      "--set <signal=value>",
      "replace a signal of the rig by a number or a CSV file, with ,unit= ,column= ,time= ,interpolate=",
      collect,
    )
    .option("--setting <name=value>", "start with another value of a setting", collect)
    .option("-q, --quiet", "print only the summary")
    .option("--json", `${jsonHelp}: the summary`)
    .addHelpText(
      "after",
      `\nKeys in the live view:\n  1-9 press a button, + and - change the speed, space pauses, q quits\n${examples(
        ["run", "this folder's app"],
        ["run examples/thermostat --for 24h", "a day of it"],
        ["run --set temperature=room.csv,unit=F --for all", "a record"],
        ["run --set temperature=30 --setting setPoint=25", "other values"],
        ["run --for 1h --quiet --trace out.vcd", "for waveforms"],
      )}`,
    )
    .action(async (folder: string, options: import("./run.js").RunOptions & { json?: boolean }) => {
      done(
        await perform(
          new Report(host, "run", options.json === true),
          async () => (await import("./run.js")).runCommand,
          folder,
          options,
        ),
      );
    });
}

function addInspect(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  program
    .command("inspect")
    .summary("show what an app is compiled to")
    .description(
      "Builds the app in the folder APP and shows its machine code beside the lines of its sources and the instructions of its container, with the cycles of each.",
    )
    .argument("[app]", "the folder with thimble.json", ".")
    .option("--native", "machine code for Cortex-M")
    .option("--bounds <mode>", '"mpu", where hardware guards the memory, or "checked"', "mpu")
    .option("--json", jsonHelp)
    .addHelpText(
      "after",
      examples(["inspect --native", ""], ["inspect --native --bounds checked", ""]),
    )
    .action(
      async (
        folder: string,
        options: import("./inspect.js").InspectOptions & { json?: boolean },
      ) => {
        done(
          await perform(
            new Report(host, "inspect", options.json === true),
            async () => (await import("./inspect.js")).inspectCommand,
            folder,
            options,
          ),
        );
      },
    );
}

function examples(...lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, meaning]) => `  thimble ${command.padEnd(meaning === "" ? 0 : width)}${meaning === "" ? "" : "   " + meaning}`).join("\n")}\n`;
}

/** Loads a command and runs it; whatever goes wrong becomes diagnostics and an exit code. */
async function perform<Options>(
  report: Report,
  load: () => Promise<CommandFunction<Options>>,
  folder: string,
  options: Options,
): Promise<ExitCode> {
  let exitCode: ExitCode;
  try {
    const command = await load();
    exitCode = await command(report, folder, options);
  } catch (error) {
    if (report.host.env["THIMBLE_DEBUG"] === "1")
      report.host.err.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    const failure = explain(error, report.host);
    report.diagnose(failure.diagnostics);
    exitCode = failure.exitCode;
  }
  report.end(exitCode);
  return exitCode;
}

/** The failure behind an exception. */
function explain(error: unknown, host: Host): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof DiagnosticError) return new Failure(exitCodes.input, error.diagnostics);
  if (error instanceof WriteError)
    return fileFailure("write", displayPath(host, error.path), error.cause);
  const message = error instanceof Error ? error.message : String(error);
  const missing =
    error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  if (missing) return missingPart(message.split("\n")[0]!);
  const diagnostic: Diagnostic = {
    severity: "error",
    code: "internal",
    message: `thimble met something it did not expect: ${message.split("\n")[0]!}`,
    hint: "Set THIMBLE_DEBUG=1 to see where, and report it: this is a fault of thimble.",
  };
  return new Failure(exitCodes.environment, [diagnostic]);
}

/** Tells why standard output could not be written and gives the exit code for that; undefined if nothing failed. */
export function explainOutput(host: Host): ExitCode | undefined {
  if (host.out.failure === undefined) return undefined;
  const failure = fileFailure("write", "standard output", host.out.failure);
  new Report(host, "", false).diagnose(failure.diagnostics);
  return failure.exitCode;
}
