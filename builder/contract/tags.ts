import type { Parameter, Result, ValueRange } from "./model.js";
import type { Tag, WitFunction } from "./syntax.js";
import { refuse, type Place } from "./tokens.js";

/** First values are kept in a byte. */
const firstMax = 0xff;

/** What the tags of one function say: `@max`, `@kept` and `@range`. Its methods throw DiagnosticError. */
export class FunctionTags {
  private readonly lists: readonly Tag[];
  private readonly ranges: readonly Tag[];

  constructor(
    private readonly func: WitFunction,
    private readonly file: string,
  ) {
    const { tags } = func.docs;
    this.lists = tags.filter((tag) => tag.name !== "range");
    this.ranges = tags.filter((tag) => tag.name === "range");
  }

  /** The N of `@max name N` or `@kept name N`. */
  maxOf(name: string, place: Place): { max: number; tag: Tag } {
    const tags = this.lists.filter((tag) => tag.words[0]?.text === name);
    const what = name === "return" ? "the returned list" : `the list \`${name}\``;
    const [tag, second] = tags;
    const func = this.func.name.text;
    if (tag === undefined)
      this.refuse(
        place,
        `${what} of \`${func}\` has no \`@max\``,
        `Add the line \`/// @max ${name} N\`.`,
      );
    if (second !== undefined)
      this.refuse(second, `${what} of \`${func}\` has two \`@max\``, "Keep one.");
    const max = numberOf(tag, 1);
    if (tag.words.length !== 2 || max === undefined || max === 0 || max > 0xffff) {
      this.refuse(
        tag,
        `\`@${tag.name}\` wants a name and a number from 1 to 65535`,
        `Write \`@${tag.name} ${name} 256\`.`,
      );
    }
    return { max, tag };
  }

  /** What `@range name MIN MAX` says of a parameter, if there is one. */
  rangeOf(name: string): ValueRange | undefined {
    const [tag, second] = this.ranges.filter((one) => one.words[0]?.text === name);
    if (tag === undefined) return undefined;
    if (second !== undefined)
      this.refuse(
        second,
        `\`${name}\` of \`${this.func.name.text}\` has two \`@range\``,
        "Keep one.",
      );
    const [first, last] = [numberOf(tag, 1), numberOf(tag, 2)];
    const isSound = first !== undefined && last !== undefined && first <= firstMax && first < last;
    if (tag.words.length !== 3 || !isSound || last > 0xffffffff) {
      this.refuse(
        tag,
        `\`@range\` wants a name, a first value from 0 to ${firstMax} and a greater last one of 32 bits`,
        `Write \`@range ${name} 0 1000\`.`,
      );
    }
    return { first, last };
  }

  /** Refuses tags of something that the function does not have. */
  check(parameters: readonly Parameter[], result: Result): void {
    const namesOf = (isMeant: (parameter: Parameter) => boolean): string[] =>
      parameters.filter(isMeant).map((parameter) => parameter.name);
    const lists = namesOf(({ type }) => type.kind === "list");
    if (result.kind === "bytes") lists.push("return");
    for (const tag of this.lists) this.checkName(tag, "list or string", lists, "data 256");
    const numbers = namesOf(({ type }) => type.kind === "scalar" && type.name === "u32");
    for (const tag of this.ranges) this.checkName(tag, "u32", numbers, "period-ms 1 1000");
  }

  private checkName(tag: Tag, what: string, known: readonly string[], example: string): void {
    const name = tag.words[0];
    if (name === undefined)
      this.refuse(
        tag,
        `\`@${tag.name}\` wants a name and a number`,
        `Write \`@${tag.name} ${example}\`.`,
      );
    if (known.includes(name.text)) return;
    this.refuse(
      name,
      `\`${this.func.name.text}\` has no ${what} \`${name.text}\``,
      `It has ${known.join(", ") || "none"}.`,
    );
  }

  private refuse(place: Place, message: string, hint: string): never {
    refuse(this.file, place, message, hint);
  }
}

/** A word of a tag as a whole number from 0, or undefined. */
function numberOf(tag: Tag, word: number): number | undefined {
  const text = tag.words[word]?.text ?? "";
  return /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : undefined;
}
