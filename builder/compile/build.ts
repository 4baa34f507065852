import { hasError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import type { Manifest, State } from "../../runtime/manifest/manifest.js";
import { contractVersion } from "../contract/capabilities.js";
import { checkContainer, takesPointer } from "../contract/check.js";
import { createManifest, manifestText } from "../project/manifest.js";
import type { Project } from "../project/project.js";
import { decode } from "../wasm/decode.js";
import { encode, encodeFunctionNames, type Encoded } from "../wasm/encode.js";
import { importedFunctions, type Module } from "../wasm/module.js";
import { functionNames } from "../wasm/names.js";
import { allocation, type Allocation } from "./allocation.js";
import { compile, type CompileOutput, type GuestRuntime } from "./assemblyscript.js";
import { stackBytes } from "./callgraph.js";
import { checkLimits, memorySheet, minimalMemoryBytes } from "./memory.js";
import { needsSource } from "./needs.js";
import { readSdk } from "./sdk.js";
import { shape, type Shaped } from "./shape.js";
import { checkSwap } from "./swap.js";
import { sizeRows, type SizeSheet } from "./sizes.js";
import { moveMappings, parseSourceMap, printSourceMap, type SourceMap } from "./sourcemap.js";
import { textBlockSizes } from "./texts.js";
import { checkSources, findDeclaration, readSources } from "./sources.js";

export interface BuildInput {
  readonly project: Project;
  /** The app's files, relative to thimble.json with forward slashes; undefined where there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** The SDK's files, relative to sdk/assembly. */
  readonly sdkFile: (path: string) => string | undefined;
}

/** What a build finds and makes. */
export interface BuildOutput {
  /** Errors and warnings; `file` is relative to thimble.json. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absent where a diagnostic is an error. */
  readonly container?: Container;
}

export interface Container {
  /** The portable container: what a device gets, or is compiled from. */
  readonly wasm: Uint8Array;
  readonly manifest: Manifest;
  readonly manifestText: string;
  /** The same bytes with function names and the address of the source map after them: offsets in both are equal. */
  readonly debugWasm: Uint8Array;
  /** From offsets in either to the app's source (ECMA-426). */
  readonly sourceMap: string;
  readonly sizes: SizeSheet;
}

/**
 * Builds an app: language check, AssemblyScript, shaping, contract check, figures. The same input gives the same bytes on any machine. Runs in
 * this process without a disk; after the first call, which loads the compiler, it takes a fraction of a second.
 */
export async function build({ project, readFile, sdkFile }: BuildInput): Promise<BuildOutput> {
  const input = { project, readFile: withoutReturns(readFile), sdkFile: withoutReturns(sdkFile) };
  if (input.readFile(project.main) === undefined) return { diagnostics: [missingMain(project)] };
  const sources = readSources(project.main, input.readFile);
  const language = checkSources(sources);
  if (hasError(language)) return { diagnostics: language };
  const compiled = await compileApp(input);
  const diagnostics = [...language, ...compiled.output.diagnostics];
  const { wasm, sourceMap, unoptimized } = compiled.output;
  if (!wasm || !unoptimized || sourceMap === undefined || hasError(diagnostics))
    return { diagnostics };
  const { module } = decode(wasm);
  if (!module) throw new Error("the compiler's output is not a module");
  const shaped = shape(module, functionNames(module), takesPointer, textBlockSizes(unoptimized));
  const sheet = memorySheet(shaped, compiled.allocation, input.project.limits.memoryBytes);
  const stack = stackBytes(shaped.module);
  diagnostics.push(
    ...contractFindings(shaped.module, input.project, sources),
    ...checkLimits(input.project, sheet, stack, compiled.allocation),
    ...checkSwap(input.project, shaped.module, compiled.output.state, sources),
  );
  if (hasError(diagnostics)) return { diagnostics };
  const figures = { memory: sheet, stackBytes: stack, runtime: compiled.runtime };
  const { state } = compiled.output;
  return {
    diagnostics,
    container: await pack(input.project, shaped, parseSourceMap(sourceMap), { ...figures, state }),
  };
}

function missingMain({ main }: Project): Diagnostic {
  return {
    severity: "error",
    code: "missing-file",
    message: `the app's main file ${main} does not exist`,
    file: main,
    hint: 'Write it, or give the name of another one as "main" in thimble.json.',
  };
}

/** How lines end does not reach the container, not even inside a template: a checkout on any system builds the same bytes. */
function withoutReturns(readFile: BuildInput["readFile"]): BuildInput["readFile"] {
  return (path) => readFile(path)?.replaceAll("\r\n", "\n");
}

interface CompiledApp {
  readonly output: CompileOutput;
  readonly runtime: GuestRuntime;
  readonly allocation: Allocation;
}

/** Compiles with the runtime that never frees, and once more with the collecting one where a handler allocates. */
async function compileApp({ project, readFile, sdkFile }: BuildInput): Promise<CompiledApp> {
  const sdk = readSdk(sdkFile).set("needs.ts", needsSource(project));
  const input = { main: project.main, readFile, sdk };
  const output = await compile({ ...input, runtime: "stub" });
  const found = output.unoptimized ? allocation(output.unoptimized) : "never";
  if (found !== "in-handlers") return { output, runtime: "stub", allocation: found };
  const memoryBytes = minimalMemoryBytes(project.limits.memoryBytes);
  return {
    output: await compile({ ...input, runtime: "minimal", memoryBytes }),
    runtime: "minimal",
    allocation: found,
  };
}

function contractFindings(
  module: Module,
  project: Project,
  sources: ReadonlyMap<string, string>,
): Diagnostic[] {
  const kinds = new Set(project.needs.map(({ kind }) => kind));
  return checkContainer(module, kinds, (entry) => ({
    file: project.main,
    ...(entry && findDeclaration(sources, entry)),
  }));
}

interface Figures extends Pick<SizeSheet, "memory" | "stackBytes" | "runtime"> {
  readonly state: State | undefined;
}

async function pack(
  project: Project,
  { module, names }: Shaped,
  map: SourceMap,
  { state, ...figures }: Figures,
): Promise<Container> {
  const encoded = encode(module);
  const moved = moveMappings(map, encoded.offsets);
  const imports = importedFunctions(module).map((entry) => `${entry.module}.${entry.name}`);
  const manifest = createManifest(project, {
    contract: contractVersion,
    wasmBytes: encoded.bytes.length,
    sha256: await sha256(encoded.bytes),
    imports,
    memoryBytes: figures.memory.memoryBytes,
    stackBytes: figures.stackBytes,
    state,
  });
  return {
    wasm: encoded.bytes,
    manifest,
    manifestText: manifestText(manifest),
    debugWasm: debugModule(module, encodeFunctionNames(names), `${project.name}.wasm.map`),
    sourceMap: printSourceMap(moved, `${project.name}.wasm`),
    sizes: {
      ...figures,
      totalBytes: encoded.bytes.length,
      rows: sizeRows(module, names, encoded, moved),
    },
  };
}

/** Custom sections stand behind all others, so that no offset changes. */
function debugModule(module: Module, names: Uint8Array, mapUrl: string): Encoded["bytes"] {
  const url = new TextEncoder().encode(mapUrl);
  const custom = [
    { name: "name", bytes: names },
    { name: "sourceMappingURL", bytes: Uint8Array.of(url.length, ...url) },
  ];
  return encode({ ...module, custom }).bytes;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(bytes));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
