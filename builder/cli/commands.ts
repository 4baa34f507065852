import { Argument, type Command } from "commander";
import type { ExitCode } from "./failure.js";
import { examples, jsonHelp } from "./help.js";
import type { Host } from "./host.js";
import { perform } from "./perform.js";
import { Report } from "./report.js";

/** Adds the commands that make apps and rehearse them. Each loads its code when it is called. */
export function addAppCommands(
  program: Command,
  host: Host,
  done: (exitCode: ExitCode) => void,
): void {
  addNew(program, host, done);
  addBuild(program, host, done);
  addRun(program, host, done);
  addInspect(program, host, done);
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
      "Builds the app in the folder APP into dist/NAME.wasm and dist/NAME.manifest.json, with a debug build in dist/debug, and the image dist/NAME.oci.tar, which holds " +
        "the container and its machine code for registries; tells where the bytes are. With --board, APP may be a container or an image that was built before.",
    )
    .argument("[app]", "the folder with thimble.json", ".")
    .option("--out <folder>", "write there instead of APP/dist")
    .option(
      "--board <board>",
      'tell also whether it fits on a board, and what it takes of it: "pico"',
    )
    .option("--rig <file>", "with --board: what the app is wired to, instead of APP/rig.json")
    .option(
      "--against <old>",
      "tell what moves, is new or is lost when it takes the place of an older version: its manifest, dist, container or image",
    )
    .option("--json", jsonHelp)
    .addHelpText(
      "after",
      examples(
        ["build", "builds the app in this folder"],
        ["build examples/blink --out /tmp/blink", ""],
        ["build --board pico", "and what it takes of a Pico"],
        ["build --against v1.oci.tar", "and what a swap would keep"],
        ["build --json", "for programs"],
      ),
    )
    .action(
      async (folder: string, options: import("./build.js").BuildOptions & { json?: boolean }) => {
        done(
          await perform(
            new Report(host, "build", options.json === true),
            async () => (await import("./build.js")).buildCommand,
            folder,
            options,
          ),
        );
      },
    );
}

function addRun(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  const collect = (value: string, before: string[] | undefined): string[] => [
    ...(before ?? []),
    value,
  ];
  program
    .command("run")
    .summary("build apps and run them in the simulator, or on the emulated Pico")
    .description(
      "Builds the apps in the folders APP and runs them on one device: in the simulator, or with --on emu on an emulated Pico with the firmware of a real one; " +
        "live in a terminal, otherwise as plain lines, and then one virtual hour at full speed. APP may also name a container, dist/NAME.wasm, or an image, dist/NAME.oci.tar. " +
        "A single app runs to its first end; of several, one that ends is started again.",
    )
    .addArgument(
      new Argument("[apps...]", "folders with thimble.json, or containers").default(["."], '"."'),
    )
    .option("--on <device>", '"sim", the simulator, or "emu", the emulated Pico', "sim")
    .option("--rig <file>", "what the apps are wired to, instead of each APP/rig.json")
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
    .option(
      "--setting <name=value>",
      "start with another value of a setting; APP.NAME=VALUE where several apps have it",
      collect,
    )
    .option(
      "--unchecked",
      "in the simulator: hold containers neither to limits.eventMs nor to limits.memoryBytes",
    )
    .option(
      "-w, --watch",
      "build an app again when its files change, and swap it in as it runs, at the pace of the live view",
    )
    .option("--gdb <port>", "with --on emu: wait for a debugger at this port of this machine")
    .option("-q, --quiet", "print only the summary")
    .option("--json", `${jsonHelp}: the summary`)
    .addHelpText(
      "after",
      `\nKeys in the live view:\n  1-9 press a button, + and - change the speed, space pauses, q quits\n${examples(
        ["run", "this folder's app"],
        ["run examples/thermostat --for 24h", "a day of it"],
        ["run examples/blink examples/thermostat", "two on one device"],
        ["run --watch", "edits are swapped in"],
        ["run --set temperature=room.csv,unit=F --for all", "a record"],
        ["run --set temperature=30 --setting setPoint=25", "other values"],
        ["run --for 1h --quiet --trace out.vcd", "for waveforms"],
        ["run --on emu --for 1h", "on the chip"],
      )}`,
    )
    .action(
      async (
        apps: readonly string[],
        options: import("./run.js").RunOptions & { json?: boolean },
      ) => {
        done(
          await perform(
            new Report(host, "run", options.json === true),
            async () => (await import("./run.js")).runCommand,
            apps,
            options,
          ),
        );
      },
    );
}

function addInspect(program: Command, host: Host, done: (exitCode: ExitCode) => void): void {
  program
    .command("inspect")
    .summary("show what an app needs, uses and is compiled to, or what a UF2 file holds")
    .description(
      "Shows what an app asks for, what it keeps and may use, its sizes and digests. APP is a folder, which is built, a container dist/NAME.wasm, or an image dist/NAME.oci.tar or the folder of an OCI layout. " +
        "With --native, shows its machine code beside the lines of its sources and the instructions of its container, with the cycles of each. " +
        "Of a UF2 file, shows the firmware and the apps that it puts on a board.",
    )
    .argument("[app]", "the folder with thimble.json, a container, an image or a UF2 file", ".")
    .option("--native", "machine code for Cortex-M")
    .option("--bounds <mode>", '"mpu", where hardware guards the memory, or "checked"', "mpu")
    .option("--json", jsonHelp)
    .addHelpText(
      "after",
      examples(
        ["inspect dist/blink.oci.tar", "what is in an image"],
        ["inspect --native", "machine code of this folder's app"],
        ["inspect --native --bounds checked", ""],
        ["inspect blink.uf2", ""],
      ),
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
