/** A program that compiles and gives another result than in JavaScript. */
export interface SilentCase {
  /** Code of the row, without `language-`. */
  readonly code: string;
  /** Exports `t`. */
  readonly source: string;
  /** What `t()` gives in JavaScript, where `undefined` counts as 0. */
  readonly javascript: number;
  /** What it gives here. */
  readonly here: number | "ends";
}

const t = (type: string, body: string): string => `export function t(): ${type} { ${body} }`;
const differs = (
  code: string,
  here: SilentCase["here"],
  javascript: number,
  source: string,
): SilentCase => ({ code, source, javascript, here });

export const silentCases: readonly SilentCase[] = [
  differs("integer-division", 1, 1.5, t("f64", "let a = 3; return a / 2;")),
  differs("integer-division", 1, 1.5, t("f64", "let a = 3; a /= 2; return a;")),
  differs("integer-division", 1, 1.5, t("f64", "let a = 3 / 2; return a;")),
  differs("integer-division", 1.5, 2.25, t("f64", "const a = (3 / 2) * 1.5; return a;")),
  differs("integer-division", 2, 2.5, "const list = [5, 6];\n" + t("f64", "return list[0] / 2;")),
  differs("integer-division", 1, 2, t("f64", "let a = 3; return Math.round(a / 2);")),
  differs(
    "integer-division",
    3,
    3.5,
    "let total = 0;\nlet count = 0;\n" + t("f64", "total += 7; count += 2; return total / count;"),
  ),
  differs("integer-division", 1, 3, t("i32", "return `${3 / 2}`.length;")),
  differs(
    "integer-overflow",
    -2147483648,
    2147483648,
    t("f64", "const a = 2147483647 + 1; return a;"),
  ),
  differs("integer-overflow", 1410065408, 1e10, t("f64", "const a = 100000 * 100000; return a;")),
  differs(
    "integer-overflow",
    1471228928,
    31536000000,
    "const dayMs = 24 * 60 * 60 * 1000;\nconst yearMs = dayMs * 365;\n" +
      t("f64", "return yearMs;"),
  ),
  differs("integer-overflow", -294967296, 4e9, t("f64", "const a: i32 = 4000000000; return a;")),
  differs(
    "integer-overflow",
    2147483647,
    -2147483649,
    t("f64", "const a = -2147483648 - 1; return a;"),
  ),
  differs("string-truth", 1, 0, t("i32", 'const s = ""; if (s) return 1; return 0;')),
  differs(
    "string-truth",
    1,
    0,
    'let text: string = "";\n' + t("i32", "while (text) return 1; return 0;"),
  ),
  differs("string-truth", 1, 0, t("i32", 'const s = ""; return s ? 1 : 0;')),
  differs("string-truth", 0, 7, t("i32", 'const s = ""; return (s || "default").length;')),
  differs("string-truth", 1, 0, t("i32", 'const s = ""; return s && true ? 1 : 0;')),
  differs(
    "string-truth",
    1,
    0,
    'class A {\n  name: string = "";\n}\nconst a = new A();\n' + t("i32", "return a.name ? 1 : 0;"),
  ),
  differs(
    "string-truth",
    1,
    0,
    t("i32", 'const s: string | null = ""; if (s) return 1; return 0;'),
  ),
  differs(
    "missing-key",
    "ends",
    0,
    "const map = new Map<string, i32>();\n" + t("i32", 'return map.get("a");'),
  ),
  differs(
    "missing-key",
    "ends",
    1,
    "const map = new Map<string, string>();\n" + t("i32", 'return map.get("a") == null ? 1 : 0;'),
  ),
  differs(
    "missing-element",
    "ends",
    1,
    "const list: string[] = [];\n" + t("i32", "let i = 0; return list[i] == null ? 1 : 0;"),
  ),
  differs(
    "index-range",
    "ends",
    0,
    "const list: i32[] = [1, 2];\n" + t("i32", "return list[list.length];"),
  ),
  differs("index-range", "ends", 0, "const list = [1, 2];\n" + t("i32", "return list[2];")),
  differs(
    "index-range",
    "ends",
    0,
    t("i32", "let list: StaticArray<i32> = [1, 2]; return list[-1];"),
  ),
  differs(
    "index-range",
    "ends",
    3,
    t("i32", "let list: StaticArray<i32> = [1, 2]; list[2] = 3; return 3;"),
  ),
];

/** Programs close to those above that do what they say, or where nothing is certain: no warning. */
export const quietPrograms: readonly string[] = [
  t("i32", "let a: i32 = 3; return a / 2;"),
  t("f64", "let a: f64 = 3; return a / 2;"),
  t("f64", "let a = 3.0; return a / 2;"),
  t("f64", "return 3 / 2;"),
  t("f64", "const a: f64 = 3 / 2; return a;"),
  t("f64", "return 1.5 * (3 / 2);"),
  t("i32", "let a = 3; return a / 2;"),
  t("i32", "let a = 3; const half: i32 = a / 2; return half;"),
  t("i32", "let a = 3; return <i32>(a / 2) + ((a / 2) as i32);"),
  t("f64", "let a = 3; return Math.floor(a / 2) + Math.trunc(a / 2);"),
  t("i32", "let a = 3; const b = (a / 2) | 0; return b;"),
  t("i32", "const a = 10 / 5; const b = 60; const c = b / 2; return a + c;"),
  "const list = [1, 2];\n" + t("i32", "let i = 1; return list[i / 2];"),
  "function half(n: i32): i32 { return n / 2; }\n" + t("i32", "const a = half(7) / 2; return a;"),
  "const scale = 10;\nfunction reading(): i32 { return 215; }\n" +
    t("i32", "const a = reading() / scale; return a;"),
  t("i32", "const list: i32[] = [1, 2]; const middle = list.length / 2; return middle;"),
  t("i64", "const a: i64 = 100000 * 100000; return a;"),
  "function wide(n: i64): i64 { return n; }\n" +
    t("i64", "return wide(60 * 60 * 24 * 1000 * 365);"),
  t("f64", "const a: f64 = 2147483647 + 1; return a;"),
  t("i32", "const mask: i32 = 0xffffffff; const bit = 1 << 31; return mask + bit;"),
  t("i32", "const least = -2147483648; return least;"),
  t("u32", "const hash: u32 = 2654435761; return hash;"),
  t("i32", 'const s = ""; return !s || !!s ? 1 : 0;'),
  t("i32", 'const s = ""; return s == "" || s.length > 0 || s != "a" ? 1 : 0;'),
  t("i32", "const s: string | null = null; return s == null ? 1 : 0;"),
  t("i32", "const n = 0; return n || NaN ? 1 : 0;"),
  "class A {}\nlet a: A | null = null;\n" + t("i32", "return a ? 1 : 0;"),
  "const map = new Map<string, i32>();\n" + t("i32", 'return map.has("a") ? map.get("a") : 0;'),
  'const map = new Map<string, i32>();\nmap.set("a", 1);\n' + t("i32", 'return map.get("a");'),
  "const map = new Map<string, i32>();\n" +
    t(
      "i32",
      "const keys = map.keys(); let sum = 0; for (let i = 0; i < keys.length; i++) sum += map.get(keys[i]); return sum;",
    ),
  "const map = new Map<string, i32>();\n" +
    t(
      "i32",
      "const keys = map.keys(); let sum = 0; for (let i = 0; i < keys.length; i++) { const key = keys[i]; sum += map.get(key); } return sum;",
    ),
  "class Box {\n  get(key: string): i32 { return 1; }\n}\nconst box = new Box();\n" +
    t("i32", 'return box.get("a");'),
  "const list: (string | null)[] = [null];\n" + t("i32", "return list[0] == null ? 1 : 0;"),
  t("i32", "const list: i32[] = []; list[list.length] = 1; return list[list.length - 1];"),
  "const list = [1];\n" + t("i32", "list.push(2); return list[1];"),
  "const list = [1];\nfunction grow(list: i32[]): void { list.push(1); }\n" +
    t("i32", "grow(list); return list[1];"),
  t("i32", "let list = [1]; list = [1, 2]; return list[1];"),
];
