/** Words that the compiler (AssemblyScript 0.28) or an editor's TypeScript refuses as names. */
const keywords =
  "async await break case catch class const continue debugger default delete do else enum export extends false finally for function " +
  "if implements import in instanceof interface let new null of override package private protected public return static super switch " +
  "this throw true try typeof var void while with yield arguments eval undefined";

/** Types: a need of such a name would hide the type from the app. */
const types =
  "i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 bool boolean string number bigint any never object symbol unknown v128 " +
  "anyref arrayref eqref externref funcref i31ref stringref structref auto";

const members = "constructor prototype";

const reserved: ReadonlyMap<string, string> = new Map([
  ...keywords.split(" ").map((word) => [word, "a word of the language"] as const),
  ...types.split(" ").map((word) => [word, "a type of the language"] as const),
  ...members.split(" ").map((word) => [word, "part of every class"] as const),
]);

/** Why a need, a setting or a field cannot have this name, undefined where it can. */
export function reservedReason(name: string): string | undefined {
  return reserved.get(name);
}

/** All reserved words, for tests. */
export const reservedWords: readonly string[] = [...reserved.keys()];
