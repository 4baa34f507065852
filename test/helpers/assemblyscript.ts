import * as asc from "assemblyscript/asc";

interface Message {
  readonly category: number;
  readonly message: string;
  readonly range: { readonly source: { readonly normalizedPath: string } } | null;
}

/** The category number of an error among the compiler's messages. */
const errorCategory = 3;

/** What the compiler made of several files, each an entry of its own. */
export interface Compiled {
  /** The first error of each file that has one. */
  readonly errors: ReadonlyMap<string, string>;
  /** The module of all files, if there is no error. */
  readonly wasm?: Uint8Array;
}

/** Compiles files with AssemblyScript itself, as it comes, without optimizing. */
export async function compileEntries(files: ReadonlyMap<string, string>): Promise<Compiled> {
  const errors = new Map<string, string>();
  const written = new Map<string, Uint8Array | string>();
  const options = ["--outFile", "out.wasm", "--runtime", "stub", "--use", "abort="];
  const { error } = await asc.main([...files.keys(), ...options], {
    stdout: { write: () => {} },
    stderr: { write: () => {} },
    readFile: (name) => files.get(name) ?? null,
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => [],
    reportDiagnostic: (reported) => {
      const { category, message, range } = reported as unknown as Message;
      const file = range?.source.normalizedPath ?? "";
      if (category === errorCategory && !errors.has(file)) errors.set(file, message);
    },
  });
  if (error !== null && errors.size === 0) errors.set("", error.message);
  const wasm = written.get("out.wasm");
  return error === null && wasm instanceof Uint8Array ? { errors, wasm } : { errors };
}

/**
 * The files of a set that the compiler refuses each by itself. It reads all before it compiles any, so those that it cannot even
 * read are taken out and the rest is compiled again.
 */
export async function refusedFiles(
  files: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>();
  let rest = files;
  for (;;) {
    const { errors } = await compileEntries(rest);
    const found = [...errors].filter(([file]) => rest.has(file));
    if (found.length === 0) return all;
    for (const [file, message] of found) all.set(file, message);
    rest = new Map([...rest].filter(([file]) => !all.has(file)));
    if (rest.size === 0) return all;
  }
}
