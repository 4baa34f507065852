import type { Module } from "../wasm/module.js";
import { functionNames } from "../wasm/names.js";
import { callGraph, reachable } from "./callgraph.js";

/** When an app allocates. The stub runtime never frees, so it is right only for the first two. */
export type Allocation = "never" | "at-start" | "in-handlers";

/** What takes memory from the heap, in the stub runtime. */
const allocators = ["__alloc", "__new", "__realloc", "__renew"].map(
  (name) => `~lib/rt/stub/${name}`,
);

/** Finds out on the module before optimization, where functions still have their names and none is inlined. */
export function allocation(unoptimized: Module): Allocation {
  const names = functionNames(unoptimized);
  const graph = callGraph(unoptimized);
  const reaches = (roots: readonly number[]): boolean =>
    [...reachable(graph, roots)].some((index) => allocators.includes(names.get(index) ?? ""));
  if (reaches(graph.handlers)) return "in-handlers";
  return unoptimized.start !== null && reaches([unoptimized.start]) ? "at-start" : "never";
}
