import { join } from "node:path";
import { parseSourceMap, positionAt } from "../compile/sourcemap.js";
import { compileNative, type NativeOptions } from "../native/compile.js";
import { listing } from "../native/listing.js";
import { decode } from "../wasm/decode.js";
import { buildApp, type BuiltApp } from "./app.js";
import { exitCodes, Failure, usageFailure, type ExitCode } from "./failure.js";
import { inspectImage } from "./inspect-image.js";
import type { Host } from "./host.js";
import { readText } from "./paths.js";
import { renderListing, type SourceLine } from "./render/listing.js";
import type { Report } from "./report.js";

export interface InspectOptions {
  readonly native?: boolean;
  readonly bounds?: string;
}

const cyclesNote =
  "Cycles of each instruction on a Cortex-M0+ whose memory never waits, taken and not for branches; helpers and host calls come on top.";

/** `thimble inspect`: what is in a UF2 file, or with --native the machine code of an app beside its sources and its module. */
export async function inspectCommand(
  report: Report,
  folder: string,
  { native, bounds = "mpu" }: InspectOptions,
): Promise<ExitCode> {
  if (folder.endsWith(".uf2")) return inspectImage(report, folder);
  if (native !== true)
    throw usageFailure(
      "inspect does not know what to show",
      'Add "--native" for machine code, or name a UF2 file.',
    );
  if (bounds !== "mpu" && bounds !== "checked")
    throw usageFailure(`there are no bounds "${bounds}"`, 'Write "mpu" or "checked".');
  const app = await buildApp(report.host, report, folder);
  const code = compiled(app, bounds);
  const module = decode(app.container.debugWasm).module!;
  const functions = listing(code, module);
  const { style } = report;
  const bytes = code.code.length.toLocaleString("en-US");
  report.line(`${style.bold(app.project.name)}  ${bytes} B of machine code, ${bounds}`);
  report.line(cyclesNote);
  const sourceOf = sourceReader(report.host, app);
  for (const item of functions) {
    report.line();
    for (const line of renderListing(item, sourceOf, style)) report.line(line);
  }
  const { helpers, hostCalls, memoryBytes } = code;
  report.data({
    app: app.project.name,
    bounds,
    bytes: code.code.length,
    memoryBytes,
    helpers,
    hostCalls,
    functions,
  });
  return exitCodes.ok;
}

/** From the debug build, which has the names: its code is that of the container. */
function compiled({ container }: BuiltApp, bounds: NativeOptions["bounds"]) {
  const { memoryBytes } = container.manifest.limits;
  const { native, diagnostics } = compileNative(container.debugWasm, { bounds, memoryBytes });
  if (native === undefined) throw new Failure(exitCodes.input, diagnostics);
  return native;
}

const libraryPrefix = "~lib/";
const sdkPrefix = "~lib/thimble/";

/** Finds the source line of an instruction of the module: of the app, or of the SDK where that is shipped. */
function sourceReader(
  host: Host,
  { folder, container }: BuiltApp,
): (wasmOffset: number) => SourceLine | undefined {
  const map = parseSourceMap(container.sourceMap);
  const texts = new Map<string, readonly string[] | undefined>();
  const linesOf = (file: string): readonly string[] | undefined => {
    if (!texts.has(file)) texts.set(file, textOf(host, folder, file)?.split(/\r?\n/));
    return texts.get(file);
  };
  return (wasmOffset) => {
    const position = positionAt(map, wasmOffset);
    if (position === undefined) return undefined;
    const { file, line } = position;
    return { place: `${file}:${line}`, text: linesOf(file)?.[line - 1] };
  };
}

function textOf(host: Host, folder: string, file: string): string | undefined {
  if (!file.startsWith(libraryPrefix)) return readText(host, join(folder, file));
  // What is written for an app, thimble/needs, lies in no file of the SDK.
  if (!file.startsWith(sdkPrefix)) return undefined;
  return readText(host, join(host.packageFolder, "sdk", "assembly", file.slice(sdkPrefix.length)));
}
