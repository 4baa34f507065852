import type { Rule, Tree } from "./tree.js";

interface Manifest {
  readonly scripts?: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

function readManifest(tree: Tree): Manifest {
  return JSON.parse(tree.get("package.json") ?? "{}") as Manifest;
}

function dependencies(tree: Tree): [name: string, version: string][] {
  const { dependencies, devDependencies, peerDependencies } = readManifest(tree);
  return Object.entries({ ...dependencies, ...devDependencies, ...peerDependencies });
}

/** Scripts run on every system: one program and its arguments, nothing that a shell would interpret. */
export const plainScripts: Rule = (tree) =>
  Object.entries(readManifest(tree).scripts ?? {})
    .filter(([, script]) => !/^(node|tsc|oxlint|oxfmt)( [\w@./:=-]+)*$/.test(script))
    .map(
      ([name]) => `package.json: script ${name} is more than one of our programs with arguments`,
    );

export const exactVersions: Rule = (tree) =>
  dependencies(tree)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.-]+)?$/.test(version))
    .map(([name, version]) => `package.json: ${name} ${version} is not an exact version`);

/** The README gives each dependency a line with its size and its reason. */
export const explainedDependencies: Rule = (tree) => {
  const lines = (tree.get("README.md") ?? "").split("\n");
  return dependencies(tree).flatMap(([name, version]) => {
    const line = lines.find(
      (text) => text.includes(`${name} ${version}`) && /\d ?[MK]B\b/.test(text),
    );
    if (line === undefined)
      return [`README.md: no line names ${name} ${version} with its installed size`];
    const reason = line.replaceAll(name, "").match(/[A-Za-z]{2,}/g) ?? [];
    return reason.length >= 5 ? [] : [`README.md: the line of ${name} has no reason`];
  });
};

/** The lock file names no host: npm takes packages from wherever it is set up to. */
export const hostlessLock: Rule = (tree) =>
  (tree.get("package-lock.json") ?? "")
    .split("\n")
    .flatMap((line, index) =>
      /"resolved": "(?!file:)/.test(line) ? [`package-lock.json:${index + 1}: names a host`] : [],
    );
