import { join } from "node:path";
import { parseSourceMap, positionAt } from "../compile/sourcemap.js";
import { compileNative, type NativeOptions } from "../native/compile.js";
import { listing } from "../native/listing.js";
import { decode } from "../wasm/decode.js";
import { buildApp } from "./app.js";
import { builtContainer, kindOf, loadContainer, type LoadedContainer } from "./container.js";
import { exitCodes, Failure, type ExitCode } from "./failure.js";
import type { Host } from "./host.js";
import { readText } from "./paths.js";
import { renderListing, type SourceLine } from "./render/listing.js";
import type { Report } from "./report.js";

const cyclesNote =
  "Cycles of each instruction on a Cortex-M0+ whose memory never waits, taken and not for branches; helpers and host calls come on top.";

/** `thimble inspect --native`: the machine code of a container beside its module, and its sources where they are there. */
export async function inspectNative(
  report: Report,
  path: string,
  bounds: NativeOptions["bounds"],
): Promise<ExitCode> {
  const container = await withNames(report, path);
  const { name } = container.manifest;
  const code = compiled(container, bounds);
  const functions = listing(code, decode(container.wasm).module!);
  const { style } = report;
  const bytes = code.code.length.toLocaleString("en-US");
  report.line(`${style.bold(name)}  ${bytes} B of machine code, ${bounds}`);
  report.line(cyclesNote);
  const sourceOf = sourceReader(report.host, container);
  for (const item of functions) {
    report.line();
    for (const line of renderListing(item, sourceOf, style)) report.line(line);
  }
  const { helpers, hostCalls, memoryBytes } = code;
  report.data({
    app: name,
    bounds,
    bytes: code.code.length,
    memoryBytes,
    helpers,
    hostCalls,
    functions,
  });
  return exitCodes.ok;
}

/** The debug build of an app, which has the names of functions: its code is that of the container. What was built before is as it is. */
async function withNames(report: Report, path: string): Promise<LoadedContainer> {
  if (kindOf(report.host, path) !== "app") return loadContainer(report, path);
  const app = await buildApp(report.host, report, path);
  return { ...builtContainer(app), wasm: app.container.debugWasm };
}

function compiled({ manifest, wasm }: LoadedContainer, bounds: NativeOptions["bounds"]) {
  const { memoryBytes } = manifest.limits;
  const { native, diagnostics } = compileNative(wasm, { bounds, memoryBytes });
  if (native === undefined) throw new Failure(exitCodes.input, diagnostics);
  return native;
}

const libraryPrefix = "~lib/";
const sdkPrefix = "~lib/thimble/";

/** Finds the source line of an instruction of the module: of the app, or of the SDK where that is shipped. */
function sourceReader(
  host: Host,
  { folder, sourceMap }: LoadedContainer,
): (wasmOffset: number) => SourceLine | undefined {
  if (sourceMap === undefined) return () => undefined;
  const map = parseSourceMap(sourceMap);
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
