import type { Command } from "commander";
import type { ExitCode } from "./failure.js";
import { examples, jsonHelp } from "./help.js";
import type { Host } from "./host.js";
import { perform } from "./perform.js";
import { Report } from "./report.js";

/** Adds the commands that talk to devices. Each loads its code when it is called. */
export function addLinkCommands(
  program: Command,
  host: Host,
  done: (exitCode: ExitCode) => void,
): void {
  addDevices(program, host, done);
  addLogs(program, host, done);
  addDoctor(program, host, done);
}

function addDevices(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  program
    .command("devices")
    .summary("list the boards that run thimble")
    .description(
      "Asks the serial ports with the USB ids of thimble who is there: firmware, id and apps of each board.",
    )
    .option("--all", "ask every serial port; this may disturb what is behind it")
    .option("--json", jsonHelp)
    .addHelpText("after", examples(["devices", ""], ["devices --json", "for programs"]))
    .action(async (options: import("./devices.js").DevicesOptions & { json?: boolean }) => {
      done(
        await perform(
          new Report(host, "devices", options.json === true),
          async () => (await import("./devices.js")).devicesCommand,
          ".",
          options,
        ),
      );
    });
}

function addLogs(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  const collect = (value: string, before: string[] | undefined): string[] => [
    ...(before ?? []),
    value,
  ];
  program
    .command("logs")
    .summary("show what a board says")
    .description(
      "Shows messages, lines of the log and ends of the apps on a board, with the time since it started, until Ctrl-C. A board that is unplugged is waited for.",
    )
    .option("--device <port>", "its serial port, where several boards are plugged in")
    .option(
      "--app <app>",
      "the folder of an app that runs there, or its container: its ends are shown with file and line",
      collect,
    )
    .option("--json", "print one JSON document a line; findings go to standard error")
    .addHelpText(
      "after",
      examples(
        ["logs", "the one board that is plugged in"],
        ["logs --device /dev/ttyACM0 --app .", "with the places in this folder's app"],
      ),
    )
    .action(async (options: import("./logs.js").LogsOptions) => {
      done(
        await perform(
          new Report(host, "logs", false),
          async () => (await import("./logs.js")).logsCommand,
          ".",
          options,
        ),
      );
    });
}

function addDoctor(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  program
    .command("doctor")
    .summary("look for what keeps boards from working")
    .description(
      "Checks Node.js, the access to serial ports, and the boards that are plugged in, and tells what to do about each thing that is missing.",
    )
    .option("--json", jsonHelp)
    .addHelpText("after", examples(["doctor", ""]))
    .action(async (options: { json?: boolean }) => {
      done(
        await perform(
          new Report(host, "doctor", options.json === true),
          async () => (await import("./doctor.js")).doctorCommand,
          ".",
          options,
        ),
      );
    });
}
