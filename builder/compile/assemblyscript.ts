import asc from "assemblyscript/asc";
import type { Program } from "assemblyscript";
import binaryen from "assemblyscript/binaryen";
import { hasError, type Diagnostic } from "../../runtime/document/diagnostic.js";
import type { State } from "../../runtime/manifest/manifest.js";
import { decode } from "../wasm/decode.js";
import type { Module } from "../wasm/module.js";
import { foldStartConstants } from "./constants.js";
import { readState } from "./state.js";

/** AssemblyScript's runtimes that a container may have (toolchain: `incremental` is never used). */
export type GuestRuntime = "stub" | "minimal";

export interface CompileInput {
  /** The app's main file, app-relative with forward slashes. */
  readonly main: string;
  /** The app's files, app-relative; undefined where there is none. */
  readonly readFile: (path: string) => string | undefined;
  /** The SDK's files by path below `thimble/`, the generated `needs.ts` included. */
  readonly sdk: ReadonlyMap<string, string>;
  readonly runtime: GuestRuntime;
  /** Bytes the heap and static data may take together; only the minimal runtime keeps to it. */
  readonly memoryBytes?: number;
}

export interface CompileOutput {
  readonly diagnostics: readonly Diagnostic[];
  /** Before optimization, with names. Undefined after an error. */
  readonly unoptimized?: Module;
  /** Optimized for size, with names. Undefined after an error. */
  readonly wasm?: Uint8Array;
  readonly sourceMap?: string;
  /** What the app keeps over a swap, if anything. */
  readonly state?: State;
  /** The app's files that the compiler read. */
  readonly filesRead: readonly string[];
}

/** The entry the compiler starts from: it keeps the app's own exports out of the container. */
const entryFile = "thimble-container.ts";

function entrySource(main: string, runtime: GuestRuntime): string {
  const app = `import "./${main.replace(/\.ts$/, "")}";\nexport { __heap_base as heapBase };\n`;
  return runtime === "minimal" ? `${app}export function collect(): void { __collect(); }\n` : app;
}

/** Names under which the compiler sees the SDK: a library folder, so that `import "thimble"` finds it. */
const sdkFolder = "sdk";

/** What the compiler calls the SDK's files by. */
const libraryPrefix = "~lib/thimble/";

/** Compiles an app in this process, without a disk. The first call takes about a second longer than the rest. */
export async function compile(input: CompileInput): Promise<CompileOutput> {
  const diagnostics: Diagnostic[] = [];
  const filesRead: string[] = [];
  const written = new Map<string, Uint8Array | string>();
  const textOf = (path: string): string | undefined =>
    path.startsWith(libraryPrefix)
      ? input.sdk.get(path.slice(libraryPrefix.length))
      : input.readFile(path);
  let unoptimized: Module | undefined;
  let state: State | undefined;
  const { error } = await asc.main(compilerArguments(input), {
    stdout: { write: () => {} },
    stderr: { write: () => {} },
    readFile: (name, baseDir) => {
      if (baseDir === sdkFolder) return input.sdk.get(name.replace(/^thimble\//, "")) ?? null;
      const path = name.replaceAll("\\", "/");
      if (path === entryFile) return entrySource(input.main, input.runtime);
      // Sources only: an asconfig.json beside the app would change the compiler's options.
      if (!path.endsWith(".ts") || path.endsWith(".d.ts")) return null;
      const text = input.readFile(path);
      if (text !== undefined && !filesRead.includes(path)) filesRead.push(path);
      return text ?? null;
    },
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: (dir) =>
      dir === sdkFolder ? [...input.sdk.keys()].map((name) => `thimble/${name}`) : null,
    reportDiagnostic: (message) =>
      void diagnostics.push(diagnostic(message as unknown as CompilerMessage, textOf)),
    transforms: [
      class {
        /** Set by the compiler. */
        declare readonly program: Program;
        afterInitialize(program: Program): void {
          const read = readState(program);
          state = read.state;
          diagnostics.push(...read.diagnostics);
          if (hasError(read.diagnostics)) throw new Error("the state was refused");
        }
        afterCompile(module: binaryen.Module): void {
          unoptimized = prepare(module, constantNames(this.program));
        }
      } as never,
    ],
  });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (error && errors.length === 0)
    diagnostics.push({ severity: "error", code: "compiler", message: error.message.trim() });
  if (error) return { diagnostics, filesRead };
  return {
    diagnostics,
    filesRead,
    ...(unoptimized && { unoptimized }),
    ...(state && { state }),
    wasm: written.get("app.wasm") as Uint8Array,
    sourceMap: written.get("app.wasm.map") as string,
  };
}

/** CommonFlags.Const of the compiler. */
const constFlag = 8;

/** What is declared `const`, by the name the module has for it. */
function constantNames({ elementsByName }: Program): ReadonlySet<string> {
  return new Set(
    [...elementsByName].filter(([, element]) => element.is(constFlag)).map(([name]) => name),
  );
}

/** What the optimizer cannot know is done before it runs. Returns the module as the compiler made it. */
function prepare(module: binaryen.Module, constants: ReadonlySet<string>): Module | undefined {
  // A setting of the whole process, which the compiler makes only later: without it the module has no names yet.
  binaryen.setDebugInfo(true);
  const decoded = decode(module.emitBinary()).module;
  foldStartConstants(module, constants);
  return decoded;
}

function compilerArguments({ runtime, memoryBytes }: CompileInput): string[] {
  const limit =
    runtime === "minimal" && memoryBytes !== undefined
      ? ["--lowMemoryLimit", String(memoryBytes)]
      : [];
  const output = ["--outFile", "app.wasm", "--sourceMap", "--debug", "--exportTable"];
  return [
    entryFile,
    "--lib",
    sdkFolder,
    "--runtime",
    runtime,
    "-Oz",
    "--use",
    "abort=",
    ...limit,
    ...output,
  ];
}

/** The parts of the compiler's DiagnosticMessage that are read here. */
interface CompilerMessage {
  readonly code: number;
  /** 0 pedantic, 1 info, 2 warning, 3 error. */
  readonly category: number;
  readonly message: string;
  readonly range: {
    readonly start: number;
    readonly end: number;
    readonly source: { readonly normalizedPath: string };
  } | null;
}

function diagnostic(
  { code, category, message, range }: CompilerMessage,
  textOf: (path: string) => string | undefined,
): Diagnostic {
  const base = {
    severity: category === 3 ? ("error" as const) : ("warning" as const),
    code: `compiler-${code}`,
    message: message.replace(/\.$/, "").replaceAll("~lib/thimble", "thimble"),
  };
  if (!range) return base;
  const path = range.source.normalizedPath;
  const text = textOf(path);
  return {
    ...base,
    file: path.replace(/^~lib\//, ""),
    ...(text !== undefined && placeOf(text, range.start, range.end)),
    ...(path.startsWith("~lib/") && { hint: libraryHint }),
    ...(code === usedBeforeDeclaration && { hint: orderHint }),
  };
}

const usedBeforeDeclaration = 2448;
const orderHint =
  "Declare it above the first function that uses it and is armed or called; it can get its value later.";

/** An app reaches library code with its own types only, as in `new Map<string, MyClass>()`. */
const libraryHint =
  "This is in the library, compiled for a type or value that the app gave it: look for the call in the app that does not fit.";

function placeOf(
  text: string,
  start: number,
  end: number,
): { line: number; column: number; length: number } {
  const before = text.slice(0, start);
  return {
    line: before.split("\n").length,
    column: start - before.lastIndexOf("\n"),
    length: Math.max(1, end - start),
  };
}
