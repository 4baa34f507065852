import type { NeedKind } from "../../runtime/manifest/manifest.js";
import type { ScalarName } from "./model.js";
import { refuse, type Place } from "./tokens.js";
import type { Name, WitAlias, WitEnum, WitInterface, WitType, WitUse } from "./syntax.js";

/** A type with its names looked up. */
export type Resolved =
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | { readonly kind: "enum"; readonly name: string }
  | { readonly kind: "handle"; readonly needKinds: readonly NeedKind[] }
  | { readonly kind: "handler" }
  | { readonly kind: "string" }
  | { readonly kind: "bytes" }
  | { readonly kind: "result"; readonly ok: Resolved | null };

/** Where a name is looked up: an interface or the world. */
export interface Block {
  readonly uses: readonly WitUse[];
  readonly types?: readonly (WitAlias | WitEnum)[];
}

/** The type checker holds this to be every kind that a manifest knows. */
const knownNeedKinds: Readonly<Record<NeedKind, true>> = {
  "gpio-in": true,
  "gpio-out": true,
  pwm: true,
  adc: true,
  i2c: true,
  spi: true,
  uart: true,
  publish: true,
  subscribe: true,
};

const scalars: readonly string[] = [
  "bool",
  "u8",
  "u16",
  "u32",
  "s32",
  "u64",
  "s64",
] satisfies ScalarName[];

const withoutLowering: Readonly<Record<string, string>> = {
  s8: "Use s32.",
  s16: "Use s32.",
  f32: "Use s32 and state the scale.",
  f64: "Use s32 and state the scale.",
  char: "Use u32.",
};

/** Looks names up across the interfaces of one file. Its methods throw DiagnosticError. */
export class Scope {
  private readonly interfaces: ReadonlyMap<string, WitInterface>;

  constructor(
    interfaces: readonly WitInterface[],
    private readonly file: string,
  ) {
    this.interfaces = new Map(interfaces.map((item) => [item.name.text, item]));
  }

  resolve(type: WitType, block: Block): Resolved {
    if (type.kind === "list") return this.resolveList(type, type.element, block);
    if (type.kind === "result") return this.resolveResult(type, block);
    const name = { ...type, text: type.name };
    if (scalars.includes(name.text)) return { kind: "scalar", name: name.text as ScalarName };
    if (name.text === "string") return { kind: "string" };
    const hint = withoutLowering[name.text];
    if (hint !== undefined)
      refuse(this.file, name, `the type \`${name.text}\` has no lowering`, hint);
    const found = this.find(name, block);
    return found.definition.kind === "enum"
      ? { kind: "enum", name: name.text }
      : this.resolveAlias(found.definition, found.block);
  }

  /** Refuses a `use` of something that is not there. */
  checkUses(uses: readonly WitUse[]): void {
    for (const use of uses) {
      for (const name of use.names) this.findUsed(use, name);
    }
  }

  /** The need kinds of `@handle`, or undefined where the alias is no handle. */
  needKindsOf(alias: WitAlias): readonly NeedKind[] | undefined {
    const tag = alias.docs.tags[0];
    if (tag === undefined) return undefined;
    if (alias.docs.tags.length > 1)
      this.refuse(
        alias.docs.tags[1]!,
        `\`${alias.name.text}\` has two \`@handle\` tags`,
        "List all kinds in one tag.",
      );
    if (tag.words.length === 0)
      this.refuse(tag, "`@handle` names no kind of need", `Write one or more of ${kindsInWords}.`);
    if (alias.type.kind !== "name" || alias.type.name !== "u32") {
      this.refuse(
        alias.type,
        `the handle type \`${alias.name.text}\` is not u32`,
        `Write \`type ${alias.name.text} = u32;\`.`,
      );
    }
    return tag.words.map((word) => {
      if (!Object.hasOwn(knownNeedKinds, word.text)) {
        this.refuse(
          word,
          `\`${word.text}\` is not a kind of need`,
          `Write one of ${kindsInWords}.`,
        );
      }
      return word.text as NeedKind;
    });
  }

  private resolveAlias(alias: WitAlias, block: Block): Resolved {
    const needKinds = this.needKindsOf(alias);
    if (needKinds !== undefined) return { kind: "handle", needKinds };
    const target = alias.type.kind === "name" ? alias.type.name : undefined;
    if (alias.name.text === "handler" && target === "u32") return { kind: "handler" };
    if (target !== undefined && (scalars.includes(target) || target === "string"))
      return this.resolve(alias.type, block);
    this.refuse(
      alias.type,
      `the type \`${alias.name.text}\` is an alias of something that is not a scalar`,
      "Write the type out where it is used.",
    );
  }

  private resolveList(list: Place, element: WitType, block: Block): Resolved {
    const resolved = this.resolve(element, block);
    if (resolved.kind === "scalar" && resolved.name === "u8") return { kind: "bytes" };
    this.refuse(list, "a list of anything but u8 has no lowering", "Use `list<u8>`.");
  }

  private resolveResult(type: WitType & { kind: "result" }, block: Block): Resolved {
    const error = type.error === null ? undefined : this.resolve(type.error, block);
    if (error?.kind !== "enum" || error.name !== "error-code") {
      this.refuse(
        type,
        "a result whose error is not `error-code` has no lowering",
        "Write `result<..., error-code>`.",
      );
    }
    return { kind: "result", ok: type.ok === null ? null : this.resolve(type.ok, block) };
  }

  private find(name: Name, block: Block): { definition: WitAlias | WitEnum; block: Block } {
    const own = block.types?.find((type) => type.name.text === name.text);
    if (own) return { definition: own, block };
    const use = block.uses.find((item) => item.names.some((used) => used.text === name.text));
    if (use) return this.findUsed(use, name);
    this.refuse(
      name,
      `unknown type \`${name.text}\``,
      `Define it, or add \`use types.{${name.text}};\` to this interface.`,
    );
  }

  private findUsed(use: WitUse, name: Name): { definition: WitAlias | WitEnum; block: Block } {
    const from = this.interfaces.get(use.from.text);
    if (from === undefined)
      this.refuse(
        use.from,
        `unknown interface \`${use.from.text}\``,
        "Use an interface of this file.",
      );
    const definition = from.types.find((type) => type.name.text === name.text);
    if (definition) return { definition, block: from };
    const names = from.types.map((type) => type.name.text).join(", ") || "nothing";
    this.refuse(
      name,
      `\`${use.from.text}\` defines no type \`${name.text}\``,
      `It defines ${names}.`,
    );
  }

  private refuse(place: Place, message: string, hint: string): never {
    refuse(this.file, place, message, hint);
  }
}

const kindsInWords = Object.keys(knownNeedKinds).join(", ");
