import { Command, CommanderError } from "commander";
import { addAppCommands } from "./commands.js";
import { addDeviceCommands } from "./device-commands.js";
import { exitCodes, fileFailure, type ExitCode } from "./failure.js";
import { examples } from "./help.js";
import type { Host } from "./host.js";
import { addLinkCommands } from "./link-commands.js";
import { packageVersion } from "./install.js";
import { addTestCommand } from "./test-commands.js";
import { wantsColour } from "./render/style.js";
import { Report } from "./report.js";

const exitCodeHelp = `
Exit codes:
  0  done
  1  something in the app or its files is wrong, or the app has ended itself
  2  the command line is wrong
  3  the machine is in the way: disk, permissions, missing parts
  4  a scenario of "thimble test" does not hold
`;

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
    const names = program.commands.map((command) => command.name());
    if (error.code !== "commander.help") reportUsage(error, args, host, names);
    return exitCodes.usage;
  }
}

/** What commander finds wrong, in the words and the form of all other findings. */
function reportUsage(
  error: CommanderError,
  args: readonly string[],
  host: Host,
  commands: readonly string[],
): void {
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
  addAppCommands(program, host, done);
  addTestCommand(program, host, done);
  addDeviceCommands(program, host, done);
  addLinkCommands(program, host, done);
  return program;
}

/** Tells why standard output could not be written and gives the exit code for that; undefined if nothing failed. */
export function explainOutput(host: Host): ExitCode | undefined {
  if (host.out.failure === undefined) return undefined;
  const failure = fileFailure("write", "standard output", host.out.failure);
  new Report(host, "", false).diagnose(failure.diagnostics);
  return failure.exitCode;
}
