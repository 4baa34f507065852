/** What an app may import from the SDK; the rest of it is reached from these. */
const roots = ["index.ts", "contract.ts", "drivers/index.ts"];

const relativeImport = /\bfrom\s*"(\.{1,2}\/[^"]+)"/g;

/** The SDK's files by path below sdk/assembly, as far as apps can reach them. Throws where one is missing: the package is then incomplete. */
export function readSdk(readFile: (path: string) => string | undefined): Map<string, string> {
  const files = new Map<string, string>();
  const open = [...roots];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(path)) continue;
    const text = readFile(path);
    if (text === undefined)
      throw new Error(`sdk/assembly/${path} is missing from the thimble package; install it again`);
    files.set(path, text);
    for (const [, target = ""] of text.matchAll(relativeImport))
      open.push(resolveFrom(path, target));
  }
  return files;
}

/** `drivers/bme280.ts` and `../timer` give `timer.ts`. */
export function resolveFrom(path: string, target: string): string {
  const parts = path.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return `${parts.join("/")}.ts`;
}
