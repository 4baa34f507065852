import { readdirSync, readFileSync } from "node:fs";
import { build, type Container } from "../../builder/compile/build.js";
import { readProject, type Project } from "../../builder/project/project.js";
import {
  type ContainerSource,
  createSimulation,
  type Simulation,
} from "../../runtime/emulator/simulation.js";
import type { GuestFactory } from "../../runtime/emulator/sim/guest.js";
import type { TraceSink } from "../../runtime/emulator/trace/entry.js";
import type { Connection } from "../../runtime/rig/connection.js";
import { joinSimulations } from "../../runtime/rig/join.js";
import { connect, readRig, type Rig } from "../../runtime/rig/rig.js";
import { packagePath } from "./root.js";

/** The names of the apps under examples/. */
export function exampleNames(): string[] {
  return readdirSync(packagePath("examples"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

export interface Example {
  readonly project: Project;
  readonly container: Container;
}

/** What the container of each example may weigh, and what it reaches for. */
export const budgetBytes: Readonly<
  Record<string, { readonly most: number; readonly reach: number }>
> = {
  blink: { most: 150, reach: 100 },
  "counter-v1": { most: 300, reach: 200 },
  "counter-v2": { most: 450, reach: 300 },
  pump: { most: 550, reach: 400 },
  tank: { most: 300, reach: 200 },
  thermostat: { most: 1300, reach: 900 },
};

/** Builds an app of examples/, its source as it is or changed by `edit`. Throws its first diagnostic. */
export async function buildExample(
  name: string,
  edit: (source: string) => string = (source) => source,
): Promise<Example> {
  const read = (path: string): string | undefined => {
    const text = textOf("examples", name, ...path.split("/"));
    return text !== undefined && path.endsWith(".ts") ? edit(text) : text;
  };
  const { project, diagnostics } = readProject(read("thimble.json") ?? "", "thimble.json");
  if (project === undefined) throw new Error(diagnostics[0]?.message);
  const sdkFile = (path: string): string | undefined =>
    textOf("sdk", "assembly", ...path.split("/"));
  const output = await build({ project, readFile: read, sdkFile });
  if (output.container === undefined) throw new Error(output.diagnostics[0]?.message);
  return { project, container: output.container };
}

/** Builds an app of one file. Throws its first diagnostic. */
export async function buildApp(thimble: object, source: string): Promise<Example> {
  const { project, diagnostics } = readProject(JSON.stringify(thimble), "thimble.json");
  if (project === undefined) throw new Error(diagnostics[0]?.message);
  const output = await build({
    project,
    readFile: (path) => (path === project.main ? source : undefined),
    sdkFile: (path) => textOf("sdk", "assembly", ...path.split("/")),
  });
  if (output.container === undefined) throw new Error(output.diagnostics[0]?.message);
  return { project, container: output.container };
}

/** Reads a rig. Throws its first diagnostic. */
export function rigOf(text: string, file = "rig.json"): Rig {
  const { rig, diagnostics } = readRig(text, file);
  if (rig === undefined) throw new Error(diagnostics[0]?.message);
  return rig;
}

/** What a rig wires the needs of an app to. Throws its first diagnostic. */
export function wire({ container }: Example, rig: Rig): readonly Connection[] {
  const { connections, diagnostics } = connect(rig, container.manifest.needs);
  if (connections === undefined) throw new Error(diagnostics[0]?.message);
  return connections;
}

export interface SimulateOptions {
  readonly sink: TraceSink;
  readonly wants?: (channel: string) => boolean;
  /** In place of the CSV files that the rig names. */
  readonly csv?: string;
  /** In place of the JavaScript engine. */
  readonly createGuest?: GuestFactory;
}

/** Examples that live on what others on the same device say. */
const companions: Readonly<Record<string, readonly string[]>> = { pump: ["tank"] };

/** An example as it lives: on its own rig, with its companions and theirs. It is the first of the containers. */
export async function stageExample(
  name: string,
  example: Example,
): Promise<{ containers: ContainerSource[]; rig: Rig }> {
  const apps = [{ name, example }];
  for (const other of companions[name] ?? [])
    apps.push({ name: other, example: await buildExample(other) });
  const rigs = apps.map((app) => rigOf(exampleFile(app.name, "rig.json"), `${app.name}/rig.json`));
  const { simulation, diagnostics } = joinSimulations(rigs);
  if (simulation === undefined) throw new Error(diagnostics[0]?.message);
  return {
    containers: apps.map((app, index) => ({
      ...app.example.container,
      connections: wire(app.example, rigs[index]!),
    })),
    rig: { ...rigs[0]!, simulation },
  };
}

/** A file of an example, empty if there is none. */
export function exampleFile(name: string, file: string): string {
  return textOf("examples", name, file) ?? "";
}

/** An example in the simulator. */
export async function simulateExample(
  name: string,
  example: Example,
  { sink, wants, csv, createGuest }: SimulateOptions,
): Promise<{ simulation: Simulation; rig: Rig }> {
  const { containers, rig } = await stageExample(name, example);
  const simulation = await createSimulation({
    core: readFileSync(packagePath("runtime", "firmware", "core.wasm")),
    containers,
    rig,
    files: (file) => csv ?? exampleFile(name, file),
    sink,
    ...(wants && { wants }),
    ...(createGuest && { createGuest }),
  });
  return { simulation, rig };
}

function textOf(...parts: string[]): string | undefined {
  try {
    return readFileSync(packagePath(...parts), "utf8");
  } catch {
    return undefined;
  }
}
