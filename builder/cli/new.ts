import { basename, join, relative, resolve } from "node:path";
import { editorFiles } from "../compile/editor.js";
import { readProject } from "../project/project.js";
import { exitCodes, inputFailure, type ExitCode } from "./failure.js";
import { writeTexts } from "./files/texts.js";
import type { Host } from "./host.js";
import { dependencyOnThimble, packageOf, packageText, packageVersion } from "./install.js";
import { displayPath, forwardSlashes, shellWord } from "./paths.js";
import type { Report } from "./report.js";

/** Files of builder/cli/template and what they are called in an app. npm packs no file named .gitignore. */
const templateFiles: readonly (readonly [template: string, name: string])[] = [
  ["app.ts", "app.ts"],
  ["thimble.json", "thimble.json"],
  ["rig.json", "rig.json"],
  ["package.json", "package.json"],
  ["tsconfig.json", "tsconfig.json"],
  ["README.md", "README.md"],
  ["fan.scenario", "tests/fan.scenario"],
  ["gitignore", ".gitignore"],
];

/** `thimble new`: writes a small app into a folder and prints the three lines that make it live. */
export async function newCommand(report: Report, folder: string): Promise<ExitCode> {
  const { host } = report;
  const appFolder = resolve(host.folder, folder);
  refuseUsedFolder(host, appFolder);
  const name = appName(basename(appFolder));
  const files = new Map(
    [...templateTexts(host, appFolder, name)].map(([file, text]) => [join(appFolder, file), text]),
  );
  writeTexts(host, files);
  const steps = [`cd ${shellWord(displayPath(host, appFolder))}`, "npm install", "npx thimble run"];
  report.line(
    `${report.style.bold(name)} is in ${displayPath(host, appFolder)}. To see it living:`,
  );
  report.line();
  for (const step of steps) report.line(`  ${step}`);
  report.data({
    app: name,
    folder: displayPath(host, appFolder),
    files: [...files.keys()].map((file) => forwardSlashes(relative(appFolder, file))),
    steps,
  });
  return exitCodes.ok;
}

function refuseUsedFolder(host: Host, appFolder: string): void {
  const file = displayPath(host, appFolder);
  const hint = "Choose a folder that does not exist yet.";
  const isFile = host.disk.exists(appFolder) && folderNames(host, appFolder) === undefined;
  if (isFile)
    throw inputFailure({ code: "not-empty", message: "a file of this name is there", file, hint });
  const names = folderNames(host, appFolder) ?? [];
  if (names.length > 0)
    throw inputFailure({
      code: "not-empty",
      message: `this folder is not empty: it holds ${names[0]!}${names.length > 1 ? " and more" : ""}`,
      file,
      hint,
    });
}

function folderNames(host: Host, folder: string): readonly string[] | undefined {
  try {
    return host.disk.list(folder);
  } catch {
    return undefined;
  }
}

/** The name of an app in a folder of this name: 1 to 32 of a-z, 0-9 and `-`, starting with a letter. */
export function appName(folderName: string): string {
  const name = folderName
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{Mark}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 32)
    .replace(/-+$/, "");
  return name === "" ? "my-app" : name;
}

/** All files of a new app by their path in it. */
function templateTexts(host: Host, appFolder: string, name: string): Map<string, string> {
  const dependency = dependencyOnThimble(host, appFolder, packageVersion(host));
  const texts = new Map<string, string>();
  for (const [template, file] of templateFiles) {
    const text = packageText(host, "builder", "cli", "template", template);
    texts.set(file, text.replaceAll("APP_NAME", name).replaceAll("THIMBLE_DEPENDENCY", dependency));
  }
  const { project } = readProject(texts.get("thimble.json")!, "thimble.json");
  for (const [file, text] of editorFiles(project!, editorPaths(host, appFolder, dependency)))
    texts.set(file, text);
  return texts;
}

/** Where the SDK and AssemblyScript's library will be for the new app once `npm install` has run. */
function editorPaths(
  host: Host,
  appFolder: string,
  dependency: string,
): { sdkPath: string; stdPath: string } {
  const inModules = !dependency.startsWith("file:") || dependency.endsWith(".tgz");
  const editorFolder = join(appFolder, ".thimble");
  if (inModules)
    return {
      sdkPath: "../node_modules/thimble/sdk/assembly",
      stdPath: "../node_modules/assemblyscript/std",
    };
  return {
    sdkPath: forwardSlashes(relative(editorFolder, join(host.packageFolder, "sdk", "assembly"))),
    stdPath: forwardSlashes(relative(editorFolder, join(packageOf(host, "assemblyscript"), "std"))),
  };
}
