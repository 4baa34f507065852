import { DiagnosticError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import { exitCodes, Failure, fileFailure, missingPart, type ExitCode } from "./failure.js";
import { WriteError } from "./files/write.js";
import type { Host } from "./host.js";
import { displayPath } from "./paths.js";
import type { Report } from "./report.js";

/**
 * A command: does its work on what its arguments name (a folder unless said otherwise), tells through the report, returns the exit code. What
 * it throws is explained to the user.
 */
export type CommandFunction<Options, Subject = string> = (
  report: Report,
  subject: Subject,
  options: Options,
) => Promise<ExitCode>;

/** Loads a command and runs it; whatever goes wrong becomes diagnostics and an exit code. */
export async function perform<Options, Subject>(
  report: Report,
  load: () => Promise<CommandFunction<Options, Subject>>,
  subject: Subject,
  options: Options,
): Promise<ExitCode> {
  let exitCode: ExitCode;
  try {
    const command = await load();
    exitCode = await command(report, subject, options);
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
