/** Programs that mean here what they mean in TypeScript. The check says nothing about them. */
export const acceptedPrograms: Readonly<Record<string, string>> = {
  class:
    "export class Point {\n  constructor(public x: i32, private y: i32 = 3, readonly z: i32 = 4) {}\n  sum(): i32 { return this.x + this.y + this.z; }\n}\nexport function t(): i32 { return new Point(1).sum(); }",
  inheritance:
    "class A {\n  constructor(public n: i32) {}\n  f(): i32 { return this.n; }\n}\nclass B extends A {\n  constructor() { super(3); }\n  override f(): i32 { return super.f() + 1; }\n}\nexport function t(): i32 { return new B().f(); }",
  abstract:
    'abstract class Source {\n  abstract read(): i32;\n  abstract get name(): string;\n}\nclass Fixed extends Source {\n  read(): i32 { return 4; }\n  get name(): string { return "fixed"; }\n}\nexport function t(): i32 { return new Fixed().read(); }',
  static:
    "class A {\n  static n: i32 = 3;\n  static readonly most: i32 = 9;\n  static next(): i32 { return ++A.n; }\n}\nfunction call(f: () => i32): i32 { return f(); }\nexport function t(): i32 { return call(A.next) + A.most; }",
  accessors:
    "class A {\n  private n: i32 = 3;\n  get value(): i32 { return this.n; }\n  set value(n: i32) { this.n = n; }\n}\nexport function t(): i32 {\n  const a = new A();\n  a.value = 5;\n  const read = a.value;\n  return read;\n}",
  interface:
    "interface Source {\n  readonly id: i32;\n  read(): i32;\n}\nclass Sensor implements Source {\n  id: i32 = 1;\n  read(): i32 { return 4; }\n}\nexport function t(): i32 {\n  const source: Source = new Sensor();\n  return source.read() + source.id;\n}",
  "interface of a base":
    "interface Source { read(): i32; }\nclass A implements Source {\n  read(): i32 { return 1; }\n}\nclass B extends A {}\nexport function t(): i32 {\n  const source: Source = new B();\n  return source.read();\n}",
  generics:
    'function same<T>(value: T): T { return value; }\nfunction size<T extends string>(text: T): i32 { return text.length; }\nclass Ring<T> {\n  items: T[] = [];\n  push(value: T): void { this.items.push(value); }\n}\nexport function t(): i32 {\n  const ring = new Ring<i32>();\n  ring.push(same(3));\n  return ring.items.length + same<i32>(2) + size("a");\n}',
  "generic class inferred":
    "class Box<T> {\n  constructor(public value: T) {}\n}\nexport function t(): i32 { return new Box(3).value; }",
  arrow: "const double = (n: i32): i32 => n * 2;\nexport function t(): i32 { return double(4); }",
  "handler at module level":
    "let count = 0;\nfunction every(ms: u32, handler: () => void): void { handler(); }\nevery(1000, () => {\n  count++;\n});\nevery(1000, function () {\n  count += 2;\n});\nexport function t(): i32 { return count; }",
  "handler with an object":
    "class Led {\n  on: bool = false;\n  toggle(): void { this.on = !this.on; }\n}\nconst led = new Led();\nfunction every(ms: u32, handler: () => void): void { handler(); }\nevery(500, () => led.toggle());\nexport function t(): bool { return led.on; }",
  "handler in a method":
    "let last = 0;\nfunction every(ms: u32, handler: () => void): void { handler(); }\nclass App {\n  start(): void {\n    every(10, () => { last = 3; });\n  }\n}\nexport function t(): i32 {\n  new App().start();\n  return last;\n}",
  "contextual parameters":
    "type Handler = (value: i32, more: i32) => void;\nlet last = 0;\nfunction on(handler: Handler): void { handler(4, 5); }\nexport function t(): i32 {\n  on((value) => { last = value; });\n  on((_, more) => { last = more; });\n  return last;\n}",
  "constants of a function":
    'export function t(): i32 {\n  const step = 2;\n  const most = step * 10 - 1;\n  const name = "abc";\n  const none: string | null = null;\n  const inner = (): i32 => 3;\n  const f = (n: i32): i32 => n + step + most + name.length + inner() + (none == null ? 1 : 0);\n  return [1].map<i32>(n => n * step)[0] + f(1);\n}',
  "constants of other constants":
    "const base = 7;\nenum Mode { Off, On }\nfunction g(): i32 { return 1; }\nexport function t(): f64 {\n  const a = base * 2;\n  const b = Mode.On;\n  const c = Math.PI;\n  const d = 200 as u8;\n  const e = true ? 3 : 4;\n  const h = g;\n  const f = (): f64 => a + b + c + d + e + h() + f64(sizeof<i32>());\n  return f();\n}",
  "nested function":
    "export function t(): i32 {\n  function four(): i32 { return 4; }\n  return four();\n}",
  "function expression":
    "export function t(): i32 {\n  const f = function (n: i32): i32 { return n; };\n  return f(2) + (function (): i32 { return 3; })() + ((): i32 => 3)();\n}",
  "function fields":
    "class A {\n  f: (n: i32) => i32 = (n: i32): i32 => n;\n}\nexport function t(): i32 {\n  const a = new A();\n  return a.f(3);\n}",
  "functions in a list":
    "const handlers: (() => void)[] = [];\nlet done: (() => void) | null = null;\nexport function t(): i32 {\n  handlers.push(() => {});\n  handlers[0]();\n  return done == null ? handlers.length : 0;\n}",
  "default parameters":
    "function add(a: i32, b: i32 = 2, c: i32 = b): i32 { return a + b + c; }\nexport function t(): i32 { return add(1); }",
  "rest parameters":
    "function count(...all: i32[]): i32 { return all.length; }\nexport function t(): i32 { return count(1, 2); }",
  recursion: "export function t(n: i32): i32 { return n < 2 ? 1 : n * t(n - 1); }",
  templates: "export function t(): i32 {\n  const n = 3;\n  return `a${n}b${`c${n}`}d`.length;\n}",
  "switch on strings":
    'export function t(): i32 {\n  switch ("b") {\n    case "a":\n      return 1;\n    case "b": {\n      const n = 2;\n      return n;\n    }\n    default:\n      return 3;\n  }\n}',
  "fall through":
    "export function t(): i32 {\n  let n = 0;\n  switch (n) {\n    case 0:\n      n++;\n    case 1:\n      n++;\n  }\n  return n;\n}",
  "object literal":
    'class P {\n  x: i32 = 0;\n  y: i32 = 0;\n}\nfunction f(p: P): i32 { return p.x; }\nfunction make(): P { return { x: 1 }; }\nexport function t(): i32 {\n  const x = 3;\n  const p: P = { x };\n  const list: P[] = [{ x: 1 }, { "x": 2 }];\n  return f({ x: 1 }) + p.x + make().x + list[1].x + ({ x: 1 } as P).x;\n}',
  enums:
    "enum Mode { Off, On = 1 << 2, Both = On | 1, }\nconst enum Kind { A, B = 5 }\nexport function t(): i32 { return Mode.Both + Kind.B; }",
  "names of an enum":
    'enum Mode { Off, On }\nexport function t(): bool {\n  const mode = Mode.On;\n  return Mode[mode] == "On";\n}',
  nullable:
    "class P { x: i32 = 1; }\nfunction f(p: P | null): i32 {\n  if (p) return p.x;\n  return p == null ? 0 : p!.x;\n}\nlet shared: P | null = null;\nexport function t(): i32 {\n  const now = shared;\n  if (now != null) return now.x;\n  return f(null) + f(new P());\n}",
  "nullable fields":
    'class A {\n  name: string | null = "a";\n  size(): i32 {\n    const name = this.name;\n    if (name != null) return name.length;\n    return this.name!.length;\n  }\n}\nexport function t(): i32 { return new A().size(); }',
  instanceof:
    "class A {}\nclass B extends A {}\nexport function t(): bool {\n  const a: A = new B();\n  return a instanceof B;\n}",
  "instanceof a list":
    "export function t(): bool {\n  const a: Object = new Array<i32>();\n  return a instanceof Array<i32> && true;\n}",
  namespace:
    "namespace Units {\n  export const milli = 1000;\n  const hidden = 2;\n  export function half(n: i32): i32 {\n    const f = (): i32 => hidden;\n    return n / f();\n  }\n  export class A { x: i32 = 1; }\n}\nexport function t(): i32 { return Units.half(Units.milli) + new Units.A().x; }",
  typeof: 'export function t(): bool { return typeof 3 == "number"; }',
  "maps and sets":
    'export function t(): i32 {\n  const map = new Map<string, i32>();\n  map.set("a", 2);\n  const set: Set<string> = new Set();\n  set.add("b");\n  map.delete("c");\n  return (map.has("a") ? map.get("a") : 0) + map.size + set.size + map.keys().length;\n}',
  "list methods":
    'export function t(): i32 {\n  const list = [3, 1, 2];\n  list.forEach(n => { n; });\n  const sum = list.reduce((a, b) => a + b, 0);\n  const all = list.some(n => n > 2) && list.every(n => n > 0) && list.includes(1);\n  list.sort((a, b) => a - b);\n  return sum + list.filter(n => n > 1).length + list.slice(1).concat([4]).indexOf(4) + list.findIndex(n => n == 2) + (all ? 1 : 0) + list.join(",").length + list.at(-1) + list.map((n: i32): i32 => n * 2)[0];\n}',
  "text methods":
    'export function t(): i32 {\n  const s = "abc";\n  return s.indexOf("b") + s.charCodeAt(0) + s.padStart(4).length + s.split("").length + s.replaceAll("a", "b").length + s.trim().length + s[1].length + (s.startsWith("a") ? 1 : 0) + i32.parse("3") + ("n" + (3).toString()).length;\n}',
  "comparing texts":
    'export function t(): bool {\n  const a = "a";\n  const b = a + "";\n  return a === b && a != "b" && a < "b" && !(b == "");\n}',
  numbers:
    "export function t(): f64 { return 0xff + 0o17 + 0b11 + 1_000 + 1e3 + .5 + 5. + 2 ** 3 + (7 % 4); }",
  "number and boolean":
    "export function t(a: number, on: boolean): number { return on ? a / 2 : 0; }",
  casts:
    "export function t(): i32 { return <i32>3.7 + (3.7 as i32) + (3.7 as f32 as i32) + i32(2.5); }",
  "typed arrays":
    "const table: StaticArray<u8> = [1, 2, 3];\nexport function t(): i32 {\n  const bytes = new Uint8Array(4);\n  bytes[0] = 3;\n  let sum = 0;\n  for (let i = 0; i < table.length; i++) sum += table[i];\n  return sum + bytes[0] + new StaticArray<i32>(2).length;\n}",
  "readonly lists":
    "const list: readonly i32[] = [1, 2];\nexport function t(): i32 { return list.length; }",
  loops:
    "export function t(): i32 {\n  let n = 0;\n  for (;;) {\n    if (++n > 3) break;\n    continue;\n  }\n  do n++; while (n < 9)\n  for (let i = 0, j = 5; i < j; i++, j--) n += i;\n  while (n > 100) n--;\n  return n;\n}",
  "else if":
    "export function t(n: i32): i32 {\n  if (n == 1) return 1;\n  else if (n == 2) return 2;\n  else return 3;\n}",
  "line ends without semicolons":
    "let a = 3\nlet b = 4\nexport function t(): i32 {\n  let c = a\n  c\n  ++b\n  return b + c\n}",
  "names of modern words":
    "export function t(): i32 {\n  let type = 3;\n  let from = 4;\n  let get = 5;\n  let is = 6;\n  let declare = 1, namespace = 2, abstract = 3, readonly = 4, key = 5;\n  return type + from + get + is + declare + namespace + abstract + readonly + key;\n}",
  "members named by keywords":
    "class A {\n  delete(): i32 { return 1; }\n  get(): i32 { return 2; }\n  set(): i32 { return 3; }\n  default: i32 = 1;\n  in: i32 = 3;\n}\nexport function t(): i32 {\n  const a = new A();\n  return a.delete() + a.get() + a.set() + a.default + a.in;\n}",
  "own names":
    'class Record { x: i32 = 4; }\nclass Console {\n  log(text: string): void {}\n}\nconst console = new Console();\nfunction fetch(): i32 { return 2; }\nfunction setTimeout(ms: i32): i32 { return ms; }\nclass any { n: i32 = 1; }\nexport function t(): i32 {\n  console.log("own");\n  const a: any = new any();\n  return new Record().x + fetch() + setTimeout(1) + a.n;\n}',
  "own methods":
    "class Store {\n  find(n: i32): i32 { return n; }\n  toFixed(n: i32): i32 { return n; }\n  forEach(n: i32): i32 { return n; }\n  fetch(): i32 { return 1; }\n  require(): i32 { return 1; }\n}\nexport function t(): i32 {\n  const store = new Store();\n  return store.find(1) + store.toFixed(1) + store.forEach(2) + store.fetch() + store.require();\n}",
  "own type names":
    "type Celsius = f64;\ntype Handler = (value: Celsius) => void;\nexport type Celsius2 = Celsius;\nexport function t(): Celsius { return 2.5; }",
  "type parameters named like types":
    "class Pair<any, Record> {\n  constructor(public a: any, public b: Record) {}\n}\nexport function t(): i32 { return new Pair<i32, i32>(1, 2).a; }",
  throw:
    'class Stop extends Error {\n  constructor(text: string) { super(text); }\n}\nexport function t(n: i32): i32 {\n  if (n > 3) throw new Stop("too large");\n  if (n > 2) throw new Error("large");\n  return n;\n}',
  "definite assignment":
    'let name!: string;\nclass A { n!: i32; }\nexport function t(): i32 {\n  name = "a";\n  return name.length + new A().n;\n}',
  declarations:
    'declare function led(on: bool): void;\n// @ts-ignore: decorator\n@external("env", "pin")\ndeclare function pin(n: i32): i32;\nexport function t(): i32 { return pin(1); }',
  decorators:
    '// @ts-ignore: decorator\n@inline\nfunction one(): i32 { return 1; }\n@final\nclass V {\n  private list: StaticArray<i32> = [1, 2];\n  @operator("[]") get(i: i32): i32 { return this.list[i]; }\n  [key: number]: i32;\n}\nexport function t(): i32 { return one() + new V()[1]; }',
  "low level":
    "export function t(): i32 {\n  const at = memory.data(8);\n  store<i32>(at, 5);\n  return load<i32>(at) + changetype<i32>(at) + (isInteger<i32>() ? 1 : 0);\n}",
  "comparison like a type argument":
    "export function t(): bool {\n  const a = 1, b = 2, c = 3;\n  return a < b && b > (c) ? a << 2 >= b : a >>> 1 > c;\n}",
  "conditional with parentheses":
    "export function t(): i32 {\n  const a = true;\n  const b = 2;\n  return a ? (b) : a ? ((b)) : 3;\n}",
  "chains of calls":
    "class B {\n  a(): B { return this; }\n  n(): i32 { return 3; }\n}\nexport function t(): i32 {\n  return new B()\n    .a()\n    .a()\n    .n();\n}",
  unicode:
    'let größe = 3;\n/* ↯ */ export function t(): i32 { return größe + "\\u{1f321}𝔘\\x41\\\n".length; }',
  comments:
    '// for (const a of b) await c?.d\n/* try { ... } catch {} */\nexport function t(): i32 { return "async ?? `${".length; /* ` */ }',
  "division, not expressions":
    "export function t(a: i32, b: i32): i32 {\n  const list: i32[] = [4];\n  return (a + b) / 2 / b + list[0] / a + a++ / b; // a / b\n}",
  "date of a number": "export function t(): i32 { return new Date(0).getUTCFullYear(); }",
  exports:
    "const a = 3;\nfunction f(): i32 { return a; }\nexport { a, f as g };\nexport default f;",
  "sensor app":
    "class Sensor {\n  temperatureMilliC(): i32 { return 21500; }\n}\nclass Heater {\n  on: bool = false;\n  write(on: bool): void { this.on = on; }\n}\nfunction every(periodMs: u32, handler: () => void): void { handler(); }\nconst sensor = new Sensor();\nconst heater = new Heater();\nlet target = 21000;\nevery(1000, () => { heater.write(sensor.temperatureMilliC() < target); });\nexport function t(): bool { return heater.on; }",
};
