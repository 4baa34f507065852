/** A program with one refused construct. */
export interface RefusedCase {
  /** Code of the row, without `language-`. */
  readonly code: string;
  readonly source: string;
  /**
   * Absent where the compiler refuses the program. Else what it makes of it, which is not what TypeScript means: an `import` that no
   * device offers, a program that `traps`, or text that it reads over (`ignores`). `crashes`: the compiler itself ends.
   */
  readonly differs?: "import" | "traps" | "ignores" | "crashes";
}

const refuse = (code: string, ...sources: readonly string[]): RefusedCase[] =>
  sources.map((source) => ({ code, source }));
const differ = (
  code: string,
  differs: RefusedCase["differs"] & string,
  ...sources: readonly string[]
): RefusedCase[] => sources.map((source) => ({ code, source, differs }));

const point = "class Point { x: i32 = 0; y: i32 = 0; }\n";
const counter = "class Counter {\n  n: i32 = 0;\n  step(): void { this.n++; }\n}\n";
const every = "function every(ms: u32, handler: () => void): void {}\n";

/** At least one program for each row of `refused`. */
export const refusedCases: readonly RefusedCase[] = [
  ...refuse(
    "async",
    "export async function t(): Promise<void> {}",
    "export const t = async (): void => {};",
    "export class A {\n  async read(): i32 { return 1; }\n}",
  ),
  ...refuse(
    "await",
    "function f(): i32 { return 1; }\nexport function t(): i32 { return await f(); }",
  ),
  ...refuse("generator", "export function* t(): i32 { return 1; }"),
  ...differ("yield", "crashes", "export function t(): i32 {\n  yield 1;\n  return 1;\n}"),
  ...refuse(
    "destructuring",
    point + "export function t(p: Point): i32 {\n  const { x, y } = p;\n  return x + y;\n}",
    "export function t(list: i32[]): i32 {\n  const [a] = list;\n  return a;\n}",
    point + "export function t({ x }: Point): i32 { return x; }",
    "export function t(): i32 {\n  let a = 1, b = 2;\n  [a, b] = [b, a];\n  return a;\n}",
  ),
  ...refuse(
    "optional-chain",
    point + "export function t(p: Point): i32 { return p?.x; }",
    "export function t(list: i32[]): i32 { return list?.[0]; }",
    "export function t(f: () => i32): i32 { return f?.(); }",
  ),
  ...refuse("nullish", 'export function t(s: string | null): string { return s ?? "none"; }'),
  ...refuse(
    "logical-assignment",
    "export function t(n: i32): i32 {\n  n ||= 3;\n  return n;\n}",
    "export function t(n: bool): bool {\n  n &&= true;\n  return n;\n}",
    'export function t(s: string | null): string {\n  s ??= "x";\n  return s;\n}',
  ),
  ...refuse(
    "try",
    "export function t(): i32 {\n  try {\n    return 1;\n  } catch (error) {\n    return 2;\n  }\n}",
  ),
  ...refuse(
    "spread",
    "function add(a: i32, b: i32): i32 { return a + b; }\nexport function t(): i32 { return add(...[1, 2]); }",
    "export function t(a: i32[]): i32[] { return [...a, 3]; }",
    point + "export function t(p: Point): Point { return { ...p }; }",
  ),
  ...refuse(
    "for-of",
    "export function t(list: i32[]): i32 {\n  let sum = 0;\n  for (const n of list) sum += n;\n  return sum;\n}",
  ),
  ...refuse(
    "for-in",
    point +
      "export function t(p: Point): i32 {\n  let n = 0;\n  for (const key in p) n++;\n  return n;\n}",
  ),
  ...refuse(
    "private-name",
    "export class A {\n  #n: i32 = 1;\n}",
    "export class A {\n  n: i32 = 1;\n  get(): i32 { return this.#n; }\n}",
  ),
  ...refuse(
    "label",
    "export function t(): i32 {\n  outer: for (let i = 0; i < 3; i++) {\n    while (true) continue outer;\n  }\n  return 1;\n}",
  ),
  ...refuse("regexp", "export function t(s: string): bool { return /a+/.test(s); }"),
  ...refuse(
    "tagged-template",
    "function tag(parts: string[]): i32 { return 1; }\nexport function t(): i32 { return tag`a`; }",
  ),
  ...refuse("as-const", "export function t(): i32 { return (1 as const); }"),
  ...refuse("satisfies", "export function t(): i32 { return 1 satisfies i32; }"),
  ...refuse("in", 'export function t(m: Map<string, i32>): bool { return "a" in m; }'),
  ...refuse("delete", "export function t(a: i32[]): void { delete a[0]; }"),
  ...refuse("with", "export function t(): void { with (Math) {} }"),
  ...refuse("bigint", "export function t(): i64 { return 1n; }"),
  ...refuse("debugger", "export function t(): void { debugger; }"),
  ...differ(
    "array-hole",
    "crashes",
    "export function t(): i32 {\n  const a = [1, , 2];\n  return a.length;\n}",
  ),
  ...refuse(
    "new-target",
    "export function t(): bool { return new.target; }",
    "export function t(): bool { return import.meta; }",
  ),
  ...refuse(
    "closure",
    "export function t(): i32 {\n  let a = 3;\n  const f = (): i32 => a;\n  return f();\n}",
    every + "export function t(ms: u32): void {\n  every(1000, () => { ms; });\n}",
    "export function t(): i32 {\n  let a = 3;\n  function f(): i32 { return a; }\n  return f();\n}",
    "let f: () => i32 = (): i32 => 0;\nfor (let i = 0; i < 3; i++) {\n  f = (): i32 => i;\n}\nexport function t(): i32 { return f(); }",
    'export function t(): i32 {\n  const a = "x" + "y";\n  const f = (): i32 => a.length;\n  return f();\n}',
    "export function t(): i32 {\n  function a(): i32 { return 1; }\n  const f = (): i32 => a();\n  return f();\n}",
    "export function t(): i32 {\n  function a(n: i32): i32 { return n < 2 ? 1 : a(n - 1); }\n  return a(3);\n}",
  ),
  ...refuse(
    "this-capture",
    every +
      "export class A {\n  n: i32 = 0;\n  start(): void {\n    every(1000, () => { this.n++; });\n  }\n}\nexport function t(): void { new A().start(); }",
    "class A {\n  n: i32 = 1;\n  read: () => i32 = (): i32 => this.n;\n}\nexport function t(): i32 { return new A().read(); }",
  ),
  ...refuse(
    "recursive-arrow",
    "export const t = (n: i32): i32 => (n < 2 ? 1 : n * t(n - 1));",
    "export function t(): i32 {\n  const f = (n: i32): i32 => (n < 2 ? 1 : n * f(n - 1));\n  return f(3);\n}",
  ),
  ...refuse(
    "function-name",
    "export function t(): i32 {\n  const f = function again(n: i32): i32 { return n < 2 ? 1 : again(n - 1); };\n  return f(3);\n}",
  ),
  ...refuse(
    "method-value",
    every + counter + "const counter = new Counter();\nevery(1000, counter.step);",
    every +
      "export class A {\n  step(): void {}\n  start(): void {\n    every(1000, this.step);\n  }\n}\nexport function t(): void { new A().start(); }",
  ),
  ...refuse(
    "local-class",
    "export function t(): i32 {\n  class A { n: i32 = 1; }\n  return new A().n;\n}",
    "export function t(): i32 {\n  const A = class { n: i32 = 1; };\n  return 1;\n}",
    "export function t(): i32 {\n  interface A { n: i32; }\n  return 1;\n}",
  ),
  ...refuse(
    "local-enum",
    "export function t(): i32 {\n  enum Mode { Off, On }\n  return Mode.On;\n}",
  ),
  ...refuse(
    "object-type",
    "export function t(p: { x: i32 }): i32 { return 1; }",
    "type Point = { x: i32 };\nexport function t(): i32 { return 1; }",
  ),
  ...refuse("tuple", "export function t(p: [i32, string]): i32 { return 1; }"),
  ...refuse(
    "mapped-type",
    "type M = { [K in string]: i32 };\nexport function t(): i32 { return 1; }",
  ),
  ...refuse(
    "conditional-type",
    "type C<T> = T extends string ? i32 : f32;\nexport function t(): i32 { return 1; }",
  ),
  ...refuse("keyof", point + "export function t(key: keyof Point): i32 { return 1; }"),
  ...refuse("typeof-type", "let a = 1;\nexport function t(b: typeof a): i32 { return b; }"),
  ...refuse("indexed-type", point + 'export function t(x: Point["x"]): i32 { return x; }'),
  ...refuse(
    "intersection",
    "interface A { a(): void; }\ninterface B { b(): void; }\nexport function t(v: A & B): i32 { return 1; }",
  ),
  ...refuse("type-predicate", point + "export function t(p: Point): p is Point { return true; }"),
  ...refuse(
    "import-type",
    'import type { T } from "./types";\nexport function t(): i32 { return 1; }',
    "type X = i32;\nexport type { X };",
  ),
  ...refuse("import-in-type", 'export function t(a: import("./a").A): i32 { return 1; }'),
  ...refuse(
    "union",
    "export function t(a: i32 | string): i32 { return 1; }",
    'export function t(mode: "on" | "off"): i32 { return 1; }',
    "export function t(s: string | undefined): i32 { return 1; }",
    "export function t<T extends i32 | i64>(a: T): i32 { return 1; }\nexport function u(): i32 { return t<i32>(1); }",
  ),
  ...refuse(
    "nullable-number",
    "export function t(n: i32 | null): i32 { return 1; }",
    "export function t(): i32 {\n  let last: f64 | null = null;\n  return 1;\n}",
  ),
  ...refuse(
    "literal-type",
    "export function t(n: 1): i32 { return n; }",
    "type Name = `a${string}`;\nexport function t(): i32 { return 1; }",
  ),
  ...refuse(
    "constructor-type",
    point + "export function t(make: new () => Point): i32 { return 1; }",
  ),
  ...refuse(
    "missing-type",
    "export function t() {}",
    "export function t(a): i32 { return 1; }",
    "export class A {\n  n = 3;\n}\nexport function t(): i32 { return new A().n; }",
    "const f = (a: i32) => a;\nexport function t(): i32 { return f(1); }",
    "export class A {\n  get n() { return 3; }\n}\nexport function t(): i32 { return new A().n; }",
    "export function t(): i32 {\n  let a;\n  a = 3;\n  return a;\n}",
  ),
  ...refuse(
    "generic-arrow",
    "export const f = <T>(a: T): T => a;\nexport function t(): i32 { return f<i32>(1); }",
  ),
  ...refuse("optional-parameter", "export function t(a: i32, b?: i32): i32 { return a; }"),
  ...refuse(
    "optional-property",
    "export class A {\n  n?: i32;\n}",
    "export interface A {\n  stop?(): void;\n}",
  ),
  ...refuse(
    "overload",
    "export function t(a: i32): i32;\nexport function t(a: i32): i32 { return a; }",
    "export class A {\n  f(a: i32): i32;\n  f(a: i32): i32 { return a; }\n}",
  ),
  ...differ(
    "decorator",
    "ignores",
    "function sealed(a: i32): void {}\n@sealed\nexport class A {}\nexport function t(): i32 { return 1; }",
    "export class A {\n  @log f(): i32 { return 1; }\n}\nexport function t(): i32 { return new A().f(); }",
  ),
  ...differ(
    "decorator",
    "ignores",
    'export class A {\n  @was("count") n: i32 = 1;\n}\nexport function t(): i32 { return new A().n; }',
  ),
  ...refuse("decorator", "export class A {\n  f(@check a: i32): i32 { return a; }\n}"),
  ...refuse("static-block", "export class A {\n  static n: i32 = 0;\n  static { A.n = 1; }\n}"),
  ...refuse("computed-name", 'export class A {\n  ["f"](): i32 { return 1; }\n}'),
  ...refuse(
    "quoted-name",
    'export class A {\n  "f"(): i32 { return 1; }\n}',
    'export enum Mode { "Off" }',
  ),
  ...refuse(
    "signature",
    "export class A {\n  [name: string]: i32;\n}",
    "export interface F {\n  (a: i32): i32;\n}",
  ),
  ...refuse(
    "field-modifier",
    "export class A {\n  accessor n: i32 = 1;\n}",
    "export class A {\n  declare n: i32;\n}\nexport function t(): i32 { return new A().n; }",
  ),
  ...refuse("string-enum", 'export enum Mode { Off = "off" }'),
  ...refuse(
    "enum-index",
    'enum Mode { Off, On }\nexport function t(): i32 { return Mode["On"]; }',
    "const enum Mode { Off, On }\nexport function t(): string { return Mode[1]; }",
  ),
  ...refuse("object-literal", "export function t(): i32 {\n  const p = { x: 1 };\n  return 1;\n}"),
  ...refuse(
    "object-member",
    "class A {\n  n: i32 = 1;\n}\nexport function t(): i32 {\n  const a: A = { n: 1, f() { return 2; } };\n  return a.n;\n}",
  ),
  ...refuse(
    "name",
    "export function t(): void { setTimeout(() => {}, 1000); }",
    "export function t(): string { return JSON.stringify(1); }",
    'export function t(): void { fetch("http://host"); }',
    "export function t(): i64 { return BigInt(1); }",
    'const fs = require("fs");\nexport function t(): void { fs; }',
    "export function t(list: i32[]): bool { return list[0] === undefined; }",
    'export function t(m: Map<string, i32>): bool { return m.has("a") && m.get("a") != undefined; }',
    "export function t(): i32 { return arguments.length; }",
  ),
  ...differ(
    "name",
    "import",
    'export function t(): void { console.log("warm"); }',
    "export function t(): i32 { return performance.now() > 0 ? 1 : 0; }",
    "export function t(): void { crypto.getRandomValues(new Uint8Array(3)); }",
    "export function t(): void { process.exit(1); }",
  ),
  ...differ("name", "traps", 'export function t(): bool { return new RegExp("a").test("a"); }'),
  ...refuse(
    "type-name",
    "export function t(a: any): i32 { return 1; }",
    "export function t(a: unknown): i32 { return 1; }",
    "export function t(): never { throw new Error(); }",
    "export function t(a: object): i32 { return 1; }",
    "export function t(a: Record<string, i32>): i32 { return 1; }",
    "class A {}\nexport function t(a: Partial<A>): i32 { return 1; }",
    "export function t(): Promise<i32> { return 1; }",
    "export function t(f: Function): i32 { return 1; }",
  ),
  ...refuse(
    "method",
    "export function t(list: i32[]): i32 { return list.find(n => n > 1); }",
    "export function t(n: f64): string { return n.toFixed(1); }",
    "export function t(): string { return (1.25).toFixed(1); }",
    'export function t(s: string): bool { return s.match("a") != null; }',
    "export function t(m: Map<string, i32>): void { m.forEach(() => {}); }",
  ),
  ...refuse(
    "static-method",
    "export function t(): i32 { return Array.from([1]).length; }",
    "export function t(p: Error): i32 { return Object.keys(p).length; }",
  ),
  ...differ(
    "static-method",
    "import",
    "export function t(): f64 { return Math.random(); }",
    "export function t(): i64 { return Date.now(); }",
  ),
  ...refuse(
    "conversion",
    'export function t(): f64 { return Number("3"); }',
    "export function t(): string { return String(3); }",
    "export function t(): i32 { return new Date().getUTCFullYear(); }",
  ),
  ...refuse(
    "collection-content",
    'export function t(): i32 { return new Map<string, i32>([["a", 1]]).size; }',
    "export function t(): i32 { return new Set<i32>([1]).size; }",
  ),
  ...refuse("math-arguments", "export function t(): f64 { return Math.max(1, 2, 3); }"),
  ...refuse("map-type", "export function t(list: i32[]): i32 { return list.map(n => n * 2)[0]; }"),
  ...refuse(
    "apply",
    "function f(): i32 { return 1; }\nexport function t(): i32 { return f.apply(null, []); }",
  ),
  ...refuse(
    "string-plus",
    'export function t(n: i32): string { return "n = " + n; }',
    'export function t(n: i32): string {\n  let s = "n = ";\n  s += n;\n  return s;\n}',
  ),
  ...refuse(
    "nullable-field",
    "class A {\n  name: string | null = null;\n  size(): i32 {\n    if (this.name != null) return this.name.length;\n    return 0;\n  }\n}\nexport function t(): i32 { return new A().size(); }",
    "let name: string | null = null;\nexport function t(): i32 {\n  if (name != null) return name.length;\n  return 0;\n}",
  ),
  ...refuse(
    "literal-class",
    "interface P { x: i32; }\nexport function t(): i32 {\n  const p: P = { x: 1 };\n  return p.x;\n}",
    "interface P { x: i32; }\nfunction f(p: P): i32 { return p.x; }\nexport function t(): i32 { return f({ x: 1 }); }",
    "class P {\n  constructor(public x: i32) {}\n}\nexport function t(): P { return { x: 1 }; }",
  ),
  ...refuse(
    "structural",
    "interface Source { read(): i32; }\nclass Sensor {\n  read(): i32 { return 1; }\n}\nexport function t(): i32 {\n  const s: Source = new Sensor();\n  return s.read();\n}",
  ),
  ...refuse("import-equals", 'import a = require("./a");\nexport function t(): i32 { return 1; }'),
  ...refuse("import-json", 'import { a } from "./a.json";\nexport function t(): i32 { return a; }'),
  ...refuse("import-suffix", 'import { a } from "./a.js";\nexport function t(): i32 { return a; }'),
  ...refuse(
    "import-package",
    'import { a } from "lodash";\nexport function t(): i32 { return a; }',
  ),
  ...refuse("dynamic-import", 'export function t(): void { import("./a"); }'),
];
