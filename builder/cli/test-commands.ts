import { Argument, type Command } from "commander";
import type { ExitCode } from "./failure.js";
import { examples, jsonHelp } from "./help.js";
import type { Host } from "./host.js";
import { perform } from "./perform.js";
import { Report } from "./report.js";

/** Adds `thimble test`, which loads its code when it is called. */
export function addTestCommand(
  program: Command,
  host: Host,
  done: (exitCode: ExitCode) => void,
): void {
  program
    .command("test")
    .summary("run the scenarios of an app and tell which hold")
    .description(
      "Runs each scenario in APP/tests/*.scenario on a fresh device with the app: what is pressed, set and published, and what is expected of it, " +
        "one statement a line. APP may also name one file of scenarios.",
    )
    .addArgument(new Argument("[apps...]", "folders with thimble.json").default(["."], '"."'))
    .option("--on <device>", '"sim", the simulator, or "emu", the emulated Pico', "sim")
    .option("--filter <text>", "only scenarios with this text in their name or their file")
    .option("--reporter <form>", '"spec", for people, "tap" or "junit"', "spec")
    .option("--out <file>", "write the report to a file; what is printed is for people then")
    .option("--json", jsonHelp)
    .addHelpText(
      "after",
      `\nA scenario:\n  at 10s press button\n  expect heater on within 2s\n  set temperature to 24\n  expect heater off within 2m\n  expect message climate heating = 0 within 1m\n${examples(
        ["test", "this folder's app"],
        ["test examples/thermostat --on emu", "on the chip"],
        ["test --filter cold", "some of them"],
        ["test examples/blink examples/thermostat", "several apps"],
        ["test --reporter junit --out report.xml", "for CI"],
      )}`,
    )
    .action(
      async (
        apps: readonly string[],
        options: import("./test.js").TestOptions & { json?: boolean },
      ) => {
        done(
          await perform(
            new Report(host, "test", options.json === true),
            async () => (await import("./test.js")).testCommand,
            apps,
            options,
          ),
        );
      },
    );
}
