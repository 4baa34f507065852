/** Compiles and links firmware for Arm chips with arm-none-eabi-gcc: what `npm run firmware` and the images for QEMU share. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moduleSizes } from "./module-sizes.js";
import { runTool } from "./tool.js";

/** The compiler the committed images come from: another version may give other bytes. */
export const armCompilerVersion = "12.2.1";

/** What becomes an image. Paths count from the root of the package. */
export interface ArmImage {
  /** C and assembly, in the order of the link. */
  readonly sources: readonly string[];
  readonly includes: readonly string[];
  readonly linkerScript: string;
  /** Of the preprocessor. */
  readonly defines?: Readonly<Record<string, string | number>>;
  /** Absolute symbols for the linker script. */
  readonly symbols?: Readonly<Record<string, number>>;
  /** Each source is compiled by itself, so that all functions are there under their names: for tests that call them. */
  readonly apart?: boolean;
}

/** A symbol of the image; `kind` is the letter of `nm`. Addresses of functions have no Thumb bit. */
export interface ArmSymbol {
  readonly address: number;
  readonly sizeBytes: number;
  readonly kind: string;
}

/** What a source takes in the image: instructions and constants, variables with a value at start, others. */
export interface ArmModule {
  readonly source: string;
  readonly codeBytes: number;
  readonly dataBytes: number;
  readonly bssBytes: number;
}

/** A call by pointer, in a line of this source. */
export interface PointerCall {
  readonly source: string;
}

/** A function: its own stack, and the names of what it calls. */
export interface ArmFunction {
  readonly name: string;
  readonly source: string;
  readonly stackBytes: number;
  readonly calls: readonly (string | PointerCall)[];
}

export interface ArmProgram {
  readonly elf: Uint8Array;
  /** All sections that are loaded, from the lowest address on. */
  readonly bin: Uint8Array;
  readonly symbols: ReadonlyMap<string, ArmSymbol>;
  /** In the order of the link; libgcc and what belongs to no source come last. What one source has inlined of another counts to the other. */
  readonly modules: readonly ArmModule[];
  /** Functions in C, in no particular order. */
  readonly functions: readonly ArmFunction[];
}

/** ARMv6-M: the same objects run on every Cortex-M. What the compiler and the linker, which compiles the whole program, both have to know. */
const codeArgs = [
  "-mcpu=cortex-m0plus",
  "-mthumb",
  "-std=c11",
  "-Os",
  "-g",
  "-ffreestanding",
  "-ffunction-sections",
  "-fdata-sections",
  "-fno-common",
  "-fno-ident",
  "-fcallgraph-info=su",
];
const compilerArgs = [
  ...codeArgs,
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Werror",
  // What dispatch.c leaves unset, its tables say that nobody reads.
  "-Wno-maybe-uninitialized",
  // gcc takes no `(void)` for an answer; clang, which compiles the core for the simulator, does and checks.
  "-Wno-unused-result",
];

/** Loops are short here, and registers few. The kernel has nothing in the high ones, so sandbox.S need not keep them while a container runs. */
const kernelArgs = [
  "-fno-move-loop-invariants",
  "-ffixed-r8",
  "-ffixed-r9",
  "-ffixed-r10",
  "-ffixed-r11",
];

/** All C but the helpers is compiled as one program: a third smaller. */
const wholeProgramArgs = ["-flto", "-fno-fat-lto-objects", ...kernelArgs];
const wholeProgramLinkArgs = ["-flto", "-flto-partition=one", ...kernelArgs];

/** Helpers keep their hands off the registers that belong to a container. */
const helperArgs = ["-ffixed-r8", "-ffixed-r9", "-ffixed-r10", "-fno-jump-tables"];
const helperFolder = "runtime/ports/cortex-m/helpers/";

const linkerArgs = [
  "-nostdlib",
  "-Wl,--gc-sections",
  "-Wl,--build-id=none",
  "-Wl,--fatal-warnings",
];

/** The version of arm-none-eabi-gcc on this machine, undefined if there is none. */
export function armCompiler(): string | undefined {
  const found = spawnSync("arm-none-eabi-gcc", ["-dumpfullversion"], { encoding: "utf8" });
  return found.error ? undefined : found.stdout.trim();
}

/** Builds an image from the sources under `root`. Throws an Error with the compiler's words. */
export function buildArm(root: string, image: ArmImage): ArmProgram {
  const folder = mkdtempSync(join(tmpdir(), "thimble-arm-"));
  try {
    const objects = image.sources.map((source) => ({
      source,
      object: compile(root, folder, image, source),
    }));
    return link(root, folder, image, objects);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compile(root: string, folder: string, image: ArmImage, source: string): string {
  const object = join(folder, `${source}.o`);
  mkdirSync(join(object, ".."), { recursive: true });
  runTool(root, "arm-none-eabi-gcc", [
    ...compilerArgs,
    ...(source.startsWith(helperFolder)
      ? helperArgs
      : image.apart
        ? []
        : [...wholeProgramArgs, `-frandom-seed=${source}`]),
    `-ffile-prefix-map=${root}=.`,
    ...image.includes.map((include) => `-I${include}`),
    ...Object.entries(image.defines ?? {}).map(([name, value]) => `-D${name}=${value}`),
    "-c",
    source,
    "-o",
    object,
  ]);
  return object;
}

interface Compiled {
  readonly source: string;
  readonly object: string;
}

function link(
  root: string,
  folder: string,
  image: ArmImage,
  objects: readonly Compiled[],
): ArmProgram {
  const [elf, bin] = ["image.elf", "image.bin"].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  runTool(root, "arm-none-eabi-gcc", [
    ...codeArgs,
    ...wholeProgramLinkArgs,
    "-frandom-seed=image",
    ...linkerArgs,
    ...Object.entries(image.symbols ?? {}).map(([name, value]) => `-Wl,--defsym=${name}=${value}`),
    "-T",
    image.linkerScript,
    "-o",
    elf,
    ...objects.map(({ object }) => object),
    "-lgcc",
  ]);
  runTool(root, "arm-none-eabi-objcopy", ["-O", "binary", elf, bin]);
  const symbols = readSymbols(runTool(root, "arm-none-eabi-nm", ["-S", elf]));
  const graphs = [`${elf}.ltrans0.ltrans.ci`, ...helperGraphs(objects)];
  const functions = graphs
    .filter((path) => existsSync(path))
    .flatMap((path) => readCallGraph(readFileSync(path, "utf8")));
  return {
    elf: readFileSync(elf),
    bin: readFileSync(bin),
    symbols,
    modules: moduleSizes(root, elf, image.sources),
    functions: [...functions, ...aliases(functions, symbols)],
  };
}

/** Functions of the same code have become one: the call graph knows it by one name only. */
function aliases(
  functions: readonly ArmFunction[],
  symbols: ReadonlyMap<string, ArmSymbol>,
): ArmFunction[] {
  const known = new Map(functions.map((each) => [each.name, each]));
  const byAddress = new Map(functions.map((each) => [symbols.get(each.name)?.address, each]));
  const called = new Set(functions.flatMap(({ calls }) => calls));
  return [...called].flatMap((name) => {
    if (typeof name !== "string" || known.has(name)) return [];
    const symbol = symbols.get(name);
    const same = symbol && byAddress.get(symbol.address);
    return same === undefined ? [] : [{ ...same, name }];
  });
}

function helperGraphs(objects: readonly Compiled[]): string[] {
  return objects
    .filter(({ source }) => source.startsWith(helperFolder) && source.endsWith(".c"))
    .map(({ object }) => object.replace(/\.o$/, ".ci"));
}

/** What `nm -S` says. */
export function readSymbols(text: string): ReadonlyMap<string, ArmSymbol> {
  const symbols = new Map<string, ArmSymbol>();
  for (const [, address, size, kind, name] of text.matchAll(
    /^([0-9a-f]{8})(?: ([0-9a-f]{8}))? (\w) (\S+)$/gm,
  )) {
    if (name!.startsWith("$")) continue;
    symbols.set(name!, {
      address: Number.parseInt(address!, 16),
      sizeBytes: Number.parseInt(size ?? "0", 16),
      kind: kind!,
    });
  }
  return symbols;
}

/** What -fcallgraph-info=su has written. Names of functions are unique in an image, or the first counts. */
function readCallGraph(text: string): ArmFunction[] {
  const plain = (title: string): string => title.slice(title.lastIndexOf(":") + 1);
  const calls = [
    ...text.matchAll(
      /^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"(?: label: "([^":]+))?/gm,
    ),
  ];
  return [
    ...text.matchAll(
      /^node: \{ title: "([^"]+)" label: "[^"]*\\n([^"\\]+):\d+:\d+\\n(\d+) bytes \((?:static|dynamic)/gm,
    ),
  ].map(([, title, source, bytes]) => ({
    name: plain(title!),
    source: source!,
    stackBytes: Number(bytes),
    calls: calls
      .filter(([, from]) => from === title)
      .map(([, , to, at]) => (to === "__indirect_call" ? { source: at ?? "" } : plain(to!))),
  }));
}
