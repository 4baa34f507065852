const timers =
  'Use `after(delayMs, handler)` for once and `every(periodMs, handler)` for again and again, from "thimble"';
const noTypes = "Write the type itself, or a class";
const noNetwork =
  "Publish and receive messages: declare a `publish` or `subscribe` need in thimble.json";

/** Names of JavaScript that a container does not have, and what to write instead. */
export const missingValues: Readonly<Record<string, string>> = {
  Promise: "Write what happens later as a handler: `after(delayMs, () => { ... })`",
  RegExp: "Use `indexOf`, `startsWith`, `includes` or a loop over the characters",
  JSON: "Publish numbers and texts as they are: `readings.publish(value)`",
  BigInt: "Use the 64-bit types `i64` and `u64`: `value as i64`",
  setTimeout: timers,
  setInterval: timers,
  setImmediate: timers,
  queueMicrotask: timers,
  requestAnimationFrame: timers,
  clearTimeout: "Keep what `after` returns and call its `cancel()`",
  clearInterval: "Keep what `every` returns and call its `cancel()`",
  fetch: noNetwork,
  XMLHttpRequest: noNetwork,
  WebSocket: noNetwork,
  process: "Values from outside are settings: declare them under `settings` in thimble.json",
  require: 'Use `import` with "thimble", "thimble/needs", "thimble/drivers" or a relative path',
  Buffer: "Use a `StaticArray<u8>` or `Uint8Array`",
  console: 'Use `log(text)` or `logNumber(text, value)` from "thimble"',
  performance: 'Use `now()` or `nowMicros()` from "thimble"',
  crypto: 'Use `random()` from "thimble"',
  eval: "Write the code itself",
  arguments: "Take an array parameter",
  globalThis: "Name the variable itself",
  window: "Name the variable itself",
  document: "There is no page; show values with `log` or by publishing them",
  localStorage: 'Use `store` from "thimble"',
  WeakMap: "Use a `Map`",
  WeakSet: "Use a `Set`",
  Proxy: "Write a class with methods",
  Reflect: "Write a class with methods",
  Intl: "Publish numbers; what shows them can format them",
  TextEncoder: "Use `String.UTF8.encode(text)`",
  TextDecoder: "Use `String.UTF8.decode(buffer)`",
  structuredClone: "Copy the fields one by one",
  undefined:
    "Use `null` for an object that may be missing (`T | null`), or a value that cannot occur",
};

/** Types of TypeScript that AssemblyScript does not have. */
const missingTypes: Readonly<Record<string, string>> = {
  any: "Write the type itself: `i32`, `f64`, `bool`, `string`, or a class",
  unknown: "Write the type itself: `i32`, `f64`, `bool`, `string`, or a class",
  never: "Use `void`, or the type the caller expects",
  object: "Write the class itself",
  symbol: "Use an enum",
  bigint: "Use `i64` or `u64`",
  undefined: "Use `null` for an object that may be missing (`T | null`)",
  null: "Write the type it stands for: `T | null`",
  Record: "Use a `Map<K, V>`, or a class with these fields",
  ReadonlyArray: "Use `Array<T>` or `StaticArray<T>`",
  ReadonlyMap: "Use `Map<K, V>`",
  ReadonlySet: "Use `Set<T>`",
  Promise:
    "Return the value itself; write what happens later as a handler: `after(delayMs, () => { ... })`",
  Iterable: "Use an array",
  Iterator: "Use an array",
  Generator: "Use an array",
  WeakMap: "Use a `Map`",
  WeakSet: "Use a `Set`",
  Buffer: "Use a `StaticArray<u8>` or `Uint8Array`",
  RegExp: "Use `indexOf`, `startsWith`, `includes` or a loop over the characters",
};
const utilityTypes =
  "Partial Required Readonly Pick Omit Exclude Extract Parameters ConstructorParameters InstanceType Awaited Uppercase Lowercase Capitalize Uncapitalize ThisType".split(
    " ",
  );
/** All type names that do not exist here, with what to write instead. */
export const refusedTypeNames = new Map([
  ...utilityTypes.map((name) => [name, noTypes] as const),
  ...Object.entries(missingTypes),
]);

/** Methods that a built-in type does not have here. */
export const missingMethods: Readonly<
  Record<"Array" | "Map" | "Set" | "string" | "number", Readonly<Record<string, string>>>
> = {
  Array: {
    find: "Use `const index = list.findIndex(test)` and then `list[index]`",
    findLast: "Use `findLastIndex`",
    flatMap: "Use `map` and then `flat`",
    keys: "Count with an index: `for (let i = 0; i < list.length; i++)`",
    values: "Count with an index: `for (let i = 0; i < list.length; i++)`",
    entries: "Count with an index: `for (let i = 0; i < list.length; i++)`",
    toSorted: "Use `list.slice().sort()`",
    toReversed: "Use `list.slice().reverse()`",
    toSpliced: "Use `slice` and then `splice`",
    with: "Use `slice` and then set the element",
  },
  Map: { forEach: "Count through `map.keys()`", entries: "Count through `map.keys()`" },
  Set: {
    forEach: "Count through `set.values()`",
    entries: "Count through `set.values()`",
    keys: "Use `set.values()`",
  },
  string: {
    match: "Use `indexOf` or `includes`",
    matchAll: "Use `indexOf` in a loop",
    search: "Use `indexOf`",
    normalize: "Leave it out: text is taken as it is",
    toLocaleUpperCase: "Use `toUpperCase`",
    toLocaleLowerCase: "Use `toLowerCase`",
  },
  number: {
    toFixed:
      "Publish the number with its decimals: `readings.publishNumber(valueMilli, 3)`; for the log, `logNumber(text, valueMilli, 3)`",
    toPrecision: "Publish the number with its decimals: `readings.publishNumber(valueMilli, 3)`",
    toExponential: "Publish the number with its decimals: `readings.publishNumber(valueMilli, 3)`",
    toLocaleString: "Publish the number with its decimals: `readings.publishNumber(valueMilli, 3)`",
  },
};

/** Functions on built-in objects that are missing here, or that reach outside the container. */
export const missingStatics: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Array: {
    from: "Use `slice()` for a copy, or `push` in a loop",
    of: "Write an array literal: `[1, 2]`",
  },
  Math: { random: 'Use `random()` from "thimble"' },
  Date: {
    now: 'Use `now()` for the time since start, or `wallMillis()` for the date, from "thimble"',
  },
  Object: Object.fromEntries(
    "keys values entries assign freeze seal create fromEntries defineProperty getOwnPropertyNames"
      .split(" ")
      .map((name) => [name, "Objects have fixed fields; use a `Map` for entries by key"]),
  ),
  String: { raw: "Write the text itself" },
};
