import { codeOnly, importsOf, isTest, sources, type Rule } from "./tree.js";

const inCli = (path: string): boolean => path.startsWith("builder/cli/");

/** Who may import whom. Tests may import what they need. */
export const layers: Rule = (tree) => {
  const forbidden = (from: string, to: string): string | undefined => {
    if (from.startsWith("builder/") && !inCli(from) && to.startsWith("runtime/emulator/"))
      return "only builder/cli imports runtime/emulator";
    if (from.startsWith("runtime/") && to.startsWith("builder/"))
      return "runtime imports no builder";
    if (!from.startsWith("builder/cli/") && inCli(to)) return "nothing imports builder/cli";
    if (to.startsWith("test/")) return "only tests import test";
    return undefined;
  };
  return sources(tree)
    .filter(([path]) => !isTest(path))
    .flatMap(([path]) =>
      importsOf(tree, path).flatMap(({ target }) => {
        const why = target === undefined ? undefined : forbidden(path, target);
        return why === undefined ? [] : [`${path}: imports ${target}, but ${why}`];
      }),
    );
};

/** Names under which the builder compiles the SDK and the module it writes for an app. */
const guestModules = new Set(["thimble", "thimble/needs", "thimble/drivers", "thimble/contract"]);

/** The SDK is compiled into apps: it knows nothing but itself. */
export const sdkAlone: Rule = (tree) =>
  sources(tree)
    .filter(([path]) => path.startsWith("sdk/"))
    .flatMap(([path]) =>
      importsOf(tree, path)
        .filter(({ specifier, target }) =>
          target === undefined ? !guestModules.has(specifier) : !target.startsWith("sdk/assembly/"),
        )
        .map(({ specifier }) => `${path}: imports ${specifier}, which is outside sdk/assembly`),
    );

/** What npm scripts run, and what only those import. */
const scripts = [
  "builder/contract/main.ts",
  "builder/project/main.ts",
  "runtime/firmware/arm.ts",
  "runtime/firmware/build.ts",
  "runtime/firmware/firmware.ts",
  "runtime/firmware/layout.ts",
  "runtime/firmware/script.ts",
  "runtime/firmware/tool.ts",
  "runtime/firmware/module-sizes.ts",
  "runtime/firmware/pico-images.ts",
  "runtime/firmware/sources.ts",
  "runtime/ports/cortex-m/helpers/build.ts",
  "runtime/ports/cortex-m/helpers/sources.ts",
];

/** Whatever is not the command line, a script or a test also runs in a browser: no disk, no process, no console. */
export const noMachine: Rule = (tree) =>
  sources(tree)
    .filter(([path]) => !isTest(path) && !inCli(path) && !scripts.includes(path))
    .flatMap(([path, text]) => {
      const imports = importsOf(tree, path)
        .filter(({ specifier }) => specifier.startsWith("node:"))
        .map(({ specifier }) => `${path}: imports ${specifier}`);
      const globals = [...codeOnly(text).matchAll(/(?<![.\w])(process|console|Buffer)\s*\./g)];
      return [...imports, ...globals.map(([, name]) => `${path}: uses ${name}`)];
    });

/** Time, chance and waiting come in from outside, so that a run can be repeated. */
export const deterministic: Rule = (tree) =>
  sources(tree)
    .filter(([path]) => !isTest(path) && path !== "builder/cli/terminal.ts")
    .filter(([path]) => !path.startsWith("sdk/"))
    .flatMap(([path, text]) =>
      [
        ...codeOnly(text).matchAll(
          /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval)(?=\W)(?!:)/g,
        ),
      ].map(([, name]) => `${path}: uses ${name}`),
    );

/** The folder a file counts to: builder/compile, runtime/rig, runtime/emulator/board. */
function roomOf(path: string): string {
  const parts = path.split("/").slice(0, -1);
  return parts.slice(0, parts[1] === "emulator" ? 3 : 2).join("/");
}

/** No circle between rooms, types apart: they are gone before anything runs. */
export const noRoomCircle: Rule = (tree) => {
  const graph = new Map<string, Set<string>>();
  for (const [path] of sources(tree)) {
    if (isTest(path)) continue;
    const from = roomOf(path);
    const targets = graph.get(from) ?? new Set<string>();
    graph.set(from, targets);
    for (const { target, typeOnly } of importsOf(tree, path))
      if (target !== undefined && !typeOnly && roomOf(target) !== from) targets.add(roomOf(target));
  }
  return circles(graph).map((circle) => `${circle[0]}: circle ${circle.join(" -> ")}`);
};

/** Circles of a graph, each once, from the smallest name on. */
function circles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found = new Map<string, string[]>();
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) {
      const circle = path.slice(start);
      const first = circle.indexOf(circle.toSorted()[0]!);
      const turned = [...circle.slice(first), ...circle.slice(0, first), circle[first]!];
      found.set(turned.join(), turned);
      return;
    }
    if (done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return [...found.values()];
}
