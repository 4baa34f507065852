import { Argument, type Command } from "commander";
import type { ExitCode } from "./failure.js";
import { examples, jsonHelp } from "./help.js";
import type { Host } from "./host.js";
import { perform } from "./perform.js";
import { Report } from "./report.js";

/** Adds the commands that deal with devices. Each loads its code when it is called. */
export function addDeviceCommands(
  program: Command,
  host: Host,
  done: (exitCode: ExitCode) => void,
): void {
  addFlash(program, host, done);
}

function addFlash(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  program
    .command("flash")
    .summary("put apps on a board")
    .description(
      "Builds the apps in the folders APP and writes one UF2 file to a Raspberry Pi Pico: the firmware, the apps and what they are wired to. " +
        "APP may also name a container, dist/NAME.wasm, or an image, dist/NAME.oci.tar.",
    )
    .addArgument(
      new Argument("[apps...]", "folders with thimble.json, or containers").default(["."], '"."'),
    )
    .option("--rig <file>", "what the apps are wired to, instead of each APP/rig.json")
    .option(
      "--setting <name=value>",
      "the value a setting starts with; APP.NAME=VALUE where several apps have it",
      (value: string, before: string[] | undefined) => [...(before ?? []), value],
    )
    .option("--volume <folder>", "the drive RPI-RP2, where thimble does not find it")
    .option(
      "--port <port>",
      "the serial port of a board that runs thimble: it is restarted to be written",
    )
    .option("--selftest", "instead of apps, a program that measures the board")
    .option("--dry-run", "write only a file, NAME.uf2 unless --output names another")
    .option("--output <file>", "the file of --dry-run")
    .option("--json", jsonHelp)
    .addHelpText(
      "after",
      examples(
        ["flash", "this folder's app"],
        ["flash examples/blink apps/door", "two apps on one board"],
        ["flash --setting setPoint=23.5", ""],
        ["flash --port /dev/ttyACM0", "without the button on the board"],
        ["flash --dry-run --output blink.uf2", "to copy it yourself"],
      ),
    )
    .action(
      async (
        apps: readonly string[],
        options: import("./flash.js").FlashOptions & { json?: boolean },
      ) => {
        done(
          await perform(
            new Report(host, "flash", options.json === true),
            async () => (await import("./flash.js")).flashCommand,
            apps,
            options,
          ),
        );
      },
    );
}
