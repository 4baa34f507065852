import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { spawnSync } from "node:child_process";
import { clangVersion, type ClangModule } from "../../../runtime/firmware/compile.js";
import { packagePath } from "../../helpers/root.js";

/** As peers were measured: clang's -O2 with WebAssembly 1.0 and sign extension, a shadow stack of 1 KiB. */
const args = [
  "--target=wasm32",
  "-O2",
  "-nostdlib",
  "-ffreestanding",
  "-mcpu=mvp",
  "-msign-ext",
  "-mmutable-globals",
  "-fno-ident",
  "-Wl,--no-entry",
  "-Wl,--strip-all",
  "-Wl,-z,stack-size=1024",
  "-Wl,--export=__heap_base",
  "-Wl,--export=__data_end",
];

/** A C source as a module. Rejects with the compiler's words. */
export async function compileWorkload(source: string): Promise<Uint8Array> {
  const folder = dirname(source);
  const headers = readdirSync(folder).filter((name) => name.endsWith(".h"));
  const files = Object.fromEntries(
    [...headers, basename(source)].map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
  const said: string[] = [];
  const listen = (bytes: Uint8Array | null): void => {
    if (bytes) said.push(new TextDecoder().decode(bytes));
  };
  const clang = await loadClang();
  try {
    const out = await clang.commands.clang([...args, basename(source), "-o", "out.wasm"], files, {
      stdout: listen,
      stderr: listen,
    });
    if (out["out.wasm"] instanceof Uint8Array) return out["out.wasm"];
  } catch (error) {
    throw new Error(`${source} could not be compiled:\n${said.join("")}`, { cause: error });
  }
  throw new Error(`${source}: the compiler wrote nothing`);
}

/** The compiler of core.wasm, installed on demand (about 100 MB). */
async function loadClang(): Promise<ClangModule> {
  const cache = packagePath("node_modules", ".cache", "thimble-clang");
  const folder = process.env["THIMBLE_CLANG"] ?? join(cache, "node_modules", "@yowasp", "clang");
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
    const install = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
    const shell = process.platform === "win32";
    const options = { cwd: cache, stdio: "inherit", shell } as const;
    const { status } = spawnSync("npm", [...install, `@yowasp/clang@${clangVersion}`], options);
    if (status !== 0) throw new Error("the compiler could not be installed");
  }
  return import(pathToFileURL(join(folder, "gen", "bundle.js")).href);
}
