import binaryen from "assemblyscript/binaryen";

/** The compiler that core.wasm comes from: the same bytes on every system. */
export const clangVersion = "22.0.0-git20542-10";

/** C text by path, in the order in which it is compiled. */
export type Sources = ReadonlyMap<string, string>;

interface Tree {
  [name: string]: Tree | string | Uint8Array;
}

/** Of WebAssembly, what the compiler may use. */
const { Features } = binaryen;
const coreFeatures =
  Features.BulkMemory |
  Features.BulkMemoryOpt |
  Features.MutableGlobals |
  Features.NontrappingFPToInt |
  Features.SignExt;

/** What is used of @yowasp/clang, a module that is not a dependency and so has no types here. */
export interface ClangModule {
  /** Without arguments it only loads what it needs, and tells how far it is. */
  runLLVM(args: null, files: Tree, options: { fetchProgress: () => void }): Promise<unknown>;
  readonly commands: {
    clang(args: string[], files: Tree, options: object): Promise<Tree>;
  };
}

/**
 * No libc and no WASI: the core needs neither. The paths are those of a virtual file system, the same
 * everywhere. Without `export_name` and `import_module` attributes nothing leaves the module, but for the stack
 * pointer: TypeScript puts it back after an exception has passed through.
 */
const clangArgs = [
  "--target=wasm32",
  "-std=c11",
  "-Oz",
  "-flto",
  "-ffreestanding",
  "-fno-ident",
  "-nostdlib",
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Werror",
  "-Iruntime/core",
  "-Iruntime/ports",
  "-Iruntime/ports/sim",
  "-Wl,--no-entry",
  "-Wl,--export=__stack_pointer",
  "-Wl,--strip-all",
  "-Wl,--lto-O3",
  "-Wl,-z,stack-size=8192",
  "-Wl,--stack-first",
];

/** The core and the simulator's port as one WebAssembly module. Rejects with the compiler's words. */
export async function compileCore(clang: ClangModule, sources: Sources): Promise<Uint8Array> {
  const units = [...sources.keys()].filter((name) => name.endsWith(".c"));
  const said: string[] = [];
  const decoder = new TextDecoder();
  const listen = (bytes: Uint8Array | null): void => {
    if (bytes) said.push(decoder.decode(bytes));
  };
  try {
    // It would write its progress to the console.
    await clang.runLLVM(null, {}, { fetchProgress: () => {} });
    const files = await clang.commands.clang(
      [...clangArgs, ...units, "-o", "core.wasm"],
      tree(sources),
      { stdout: listen, stderr: listen },
    );
    const core = files["core.wasm"];
    if (core instanceof Uint8Array) return withDigest(shrink(core), await sourceDigest(sources));
    throw new Error("the compiler wrote nothing");
  } catch (error) {
    throw new Error(`core.wasm could not be compiled:\n${said.join("")}`, { cause: error });
  }
}

/** What the compiler leaves, an eighth of it, AssemblyScript's optimizer finds. */
function shrink(core: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(core);
  module.setFeatures(coreFeatures);
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  module.optimize();
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

function tree(sources: Sources): Tree {
  const root: Tree = {};
  for (const [path, text] of sources) {
    const parts = path.split("/");
    const name = parts.pop() as string;
    let folder = root;
    for (const part of parts) folder = (folder[part] ??= {}) as Tree;
    folder[name] = text;
  }
  return root;
}

/** SHA-256 over the compiler's version, its arguments and every source. */
export async function sourceDigest(sources: Sources): Promise<Uint8Array> {
  const text = JSON.stringify([clangVersion, clangArgs, [...sources]]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

const sectionName = "source";

/** The module with the digest of its sources in a custom section: whether it is current shows without a compiler. */
function withDigest(core: Uint8Array, digest: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(sectionName);
  const section = [0, 1 + name.length + digest.length, name.length, ...name, ...digest];
  return Uint8Array.from([...core, ...section]);
}

/** The digest that a module carries; undefined if it carries none. */
export function digestOf(core: Uint8Array): Uint8Array | undefined {
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(core), sectionName);
  return section && new Uint8Array(section);
}
