/**
 * The part of the WebAssembly JavaScript API that the project uses. Node and browsers have it, but neither the
 * ECMAScript library of TypeScript nor the types of Node declare it.
 */
declare namespace WebAssembly {
  type ImportValue = ((...args: never[]) => unknown) | Memory | Table | Global;
  type Imports = Record<string, Record<string, ImportValue>>;
  type ExternalKind = "function" | "table" | "memory" | "global" | "tag";

  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string; kind: ExternalKind }[];
    static exports(module: Module): { name: string; kind: ExternalKind }[];
    static customSections(module: Module, name: string): ArrayBuffer[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  class Table {
    readonly length: number;
    get(index: number): ((...args: number[]) => unknown) | null;
  }
  class Global {
    /** A bigint where it is an i64. */
    value: number | bigint;
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  function validate(bytes: Uint8Array): boolean;
  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: Imports): Promise<Instance>;
}
