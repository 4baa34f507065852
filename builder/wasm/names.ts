import type { Module } from "./module.js";
import { ByteReader, DecodeError } from "./reader.js";

/** Texts of the `name` section, by index (Core Specification, appendix "Custom Sections"). */
export type FunctionNames = ReadonlyMap<number, string>;
export type GlobalNames = ReadonlyMap<number, string>;

const functionSubsection = 1;
const globalSubsection = 7;

/** Names of functions, imported ones included; empty where there are none or the section is malformed: names are a courtesy. */
export function functionNames(module: Module): FunctionNames {
  return readNames(module, functionSubsection);
}

/** Names of globals. */
export function globalNames(module: Module): GlobalNames {
  return readNames(module, globalSubsection);
}

function readNames(module: Module, wanted: number): Map<number, string> {
  const section = module.custom.find((custom) => custom.name === "name");
  const names = new Map<number, string>();
  if (!section) return names;
  try {
    const reader = new ByteReader(section.bytes);
    while (!reader.done) {
      const id = reader.byte("subsection");
      const content = reader.slice(reader.u32("subsection size"), "subsection");
      if (id === wanted)
        content.vector("names", (x) => void names.set(x.u32("index"), x.name("name")));
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return names;
}
