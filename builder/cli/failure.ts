import type { Diagnostic } from "../../runtime/document/diagnostic.js";

/** How `thimble` ends. `failed` is for scenarios that do not hold, `interrupted` what shells expect after Ctrl-C in the middle of work. */
export const exitCodes = {
  ok: 0,
  input: 1,
  usage: 2,
  environment: 3,
  failed: 4,
  interrupted: 130,
} as const;
/** One of `exitCodes`. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command: what to tell the user, and with which exit code. */
export class Failure extends Error {
  constructor(
    readonly exitCode: ExitCode,
    readonly diagnostics: readonly Diagnostic[],
  ) {
    super(diagnostics.map((d) => d.message).join("\n"));
    this.name = "Failure";
  }
}

/** Something the user wrote is wrong. */
export function inputFailure(diagnostic: Omit<Diagnostic, "severity">): Failure {
  return new Failure(exitCodes.input, [{ severity: "error", ...diagnostic }]);
}

/** The command line is wrong. */
export function usageFailure(message: string, hint?: string): Failure {
  return new Failure(exitCodes.usage, [
    { severity: "error", code: "usage", message, ...(hint === undefined ? {} : { hint }) },
  ]);
}

const causes: Readonly<Record<string, readonly [cause: string, hint: string]>> = {
  ENOSPC: ["the disk is full", "Make room on the disk and repeat the command."],
  EDQUOT: ["the disk quota is used up", "Make room and repeat the command."],
  EACCES: ["permission denied", "Change the permissions, or choose another folder."],
  EPERM: ["permission denied", "Change the permissions, or choose another folder."],
  EROFS: ["the disk is read-only", "Choose a folder on a disk that can be written."],
  EBUSY: ["another program holds it", "Close the program that uses it and repeat the command."],
  ENOTDIR: [
    "a part of the path is a file, not a folder",
    "Move that file away, or choose another folder.",
  ],
  EISDIR: ["there is a folder of that name", "Move that folder away, or choose another name."],
  EEXIST: ["a file is in the way", "Move that file away, or choose another name."],
  ENOENT: ["there is no such file or folder", "Check the path."],
  EMFILE: ["too many files are open", "Close some programs and repeat the command."],
  EIO: ["the disk reports an error", "Check the disk."],
};

/** The system's name of an error, such as `ENOSPC`, or undefined for errors of another kind. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string")
    return undefined;
  return "syscall" in error || error.code in causes ? error.code : undefined;
}

/** A file operation failed for a reason outside the app: says which file, why, and what helps. */
export function fileFailure(action: "read" | "write", path: string, error: unknown): Failure {
  const code = systemCode(error);
  const [cause, hint] = (code !== undefined && causes[code]) || [
    error instanceof Error ? error.message : String(error),
    undefined,
  ];
  return new Failure(exitCodes.environment, [
    {
      severity: "error",
      code: `cannot-${action}`,
      message: `cannot ${action} this: ${cause}`,
      file: path,
      ...(hint === undefined ? {} : { hint }),
    },
  ]);
}

/** A file or package that comes with thimble is not there. */
export function missingPart(what: string): Failure {
  return new Failure(exitCodes.environment, [
    {
      severity: "error",
      code: "missing-part",
      message: `a part of thimble is missing: ${what}`,
      hint: 'Repeat "npm install".',
    },
  ]);
}
