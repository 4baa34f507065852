/** Bytes of an image by source: instructions by the line each comes from, since functions of one source are inlined in others. */
import type { ArmModule } from "./arm.js";
import { runTool } from "./tool.js";

/** What `objdump -h` and `nm -S -l` say of a part of the image. */
interface Part {
  readonly address: number;
  readonly bytes: number;
}
interface Section extends Part {
  readonly name: string;
}
interface Variable extends Part {
  readonly kind: "code" | "data" | "bss";
  readonly source: string;
}

type Sizes = { code: number; data: number; bss: number };

/** Throws an Error with the words of the tool that failed. */
export function moduleSizes(
  root: string,
  elf: string,
  sources: readonly string[],
): readonly ArmModule[] {
  const sizes = new Map<string, Sizes>();
  const add = (source: string, kind: keyof Sizes, bytes: number): void => {
    const owner = sources.find((known) => source.endsWith(known)) ?? otherOwner(source);
    const sum = sizes.get(owner) ?? { code: 0, data: 0, bss: 0 };
    sum[kind] += bytes;
    sizes.set(owner, sum);
  };
  const sections = readSections(root, elf);
  const variables = readVariables(root, elf, sections);
  for (const { kind, source, bytes } of variables) add(source, kind, bytes);
  for (const section of sections) {
    const kind = section.name === ".data" ? "data" : "code";
    const inside = variables.filter((variable) => isIn(section, variable.address));
    const lines = sourceLines(root, elf, section, inside);
    const owned = lines.map((source) =>
      source === "" || source === "??" ? gapOf(section) : source,
    );
    for (const source of owned) add(source, kind, 2);
    const inVariables = inside.reduce((sum, { bytes }) => sum + bytes, 0);
    /* A byte beside a variable of an odd length. */
    add(gapOf(section), kind, section.bytes - 2 * lines.length - inVariables);
  }
  const others = [...sizes.keys()].filter((source) => !sources.includes(source)).sort();
  return [...sources.filter((source) => sizes.has(source)), ...others].map((source) => {
    const { code, data, bss } = sizes.get(source)!;
    return { source, codeBytes: code, dataBytes: data, bssBytes: bss };
  });
}

/** What fills the region of the helpers up counts to them. */
const helperGaps = "runtime/ports/cortex-m/helpers/gaps";

function gapOf(section: Section): string {
  return section.name === ".helpers" ? helperGaps : "";
}

/** A header, the compiler's library, or nobody: gaps, and the literals of assembly, have no lines. */
function otherOwner(source: string): string {
  if (source.includes("/libgcc/")) return "libgcc";
  const from = source.lastIndexOf("runtime/");
  return from < 0 ? "constants and gaps" : source.slice(from);
}

function isIn({ address, bytes }: Part, at: number): boolean {
  return at >= address && at < address + bytes;
}

/** Sections that the image holds, but its header. */
function readSections(root: string, elf: string): Section[] {
  const text = runTool(root, "arm-none-eabi-objdump", ["-h", elf]);
  return [...text.matchAll(/^ *\d+ (\.\S+) +([0-9a-f]{8}) +([0-9a-f]{8}).*\n +([A-Z, ]*)$/gm)]
    .filter(([, name, , , flags]) => flags!.includes("LOAD") && name !== ".header")
    .map(([, name, bytes, address]) => ({
      name: name!,
      address: Number.parseInt(address!, 16),
      bytes: Number.parseInt(bytes!, 16),
    }));
}

/** Variables and constants. `nm` calls those beside instructions code, too: that they are none, the debugging information knows. */
function readVariables(root: string, elf: string, sections: readonly Section[]): Variable[] {
  const sourceAt = variableSources(runTool(root, "arm-none-eabi-objdump", ["--dwarf=info", elf]));
  const data = sections.find(({ name }) => name === ".data");
  const text = runTool(root, "arm-none-eabi-nm", ["-S", elf]);
  return [...text.matchAll(/^([0-9a-f]{8}) ([0-9a-f]{8}) ([rdbt]) /gim)].flatMap(
    ([, hexAddress, bytes, letter]) => {
      const address = Number.parseInt(hexAddress!, 16);
      const source = sourceAt.get(address);
      if (source === undefined && letter!.toLowerCase() === "t") return [];
      const kind =
        letter!.toLowerCase() === "b" ? "bss" : data && isIn(data, address) ? "data" : "code";
      return [{ address, bytes: Number.parseInt(bytes!, 16), kind, source: source ?? "" }];
    },
  );
}

/**
 * The source of the variable at an address. After compiling the whole program a variable has its address in one entry of the debugging
 * information, and its source is the unit in which the entry stands that the first one names as its origin.
 */
function variableSources(info: string): ReadonlyMap<number, string> {
  const units: { readonly at: number; readonly source: string }[] = [];
  const places: { readonly origin: number; readonly address: number }[] = [];
  const pattern =
    /DW_TAG_compile_unit\)\n(?:.*\n)*? +<([0-9a-f]+)> +DW_AT_name +:(?:.*: )?(.*)$|DW_AT_abstract_origin: <0x([0-9a-f]+)>\n.*DW_AT_location .*\(DW_OP_addr: ([0-9a-f]+)\)$/gm;
  for (const [, at, source, origin, address] of info.matchAll(pattern)) {
    if (at !== undefined) units.push({ at: Number.parseInt(at, 16), source: source!.trim() });
    else
      places.push({
        origin: Number.parseInt(origin!, 16),
        address: Number.parseInt(address!, 16),
      });
  }
  return new Map(
    places.map(({ origin, address }) => [
      address,
      units.findLast((unit) => unit.at <= origin)?.source ?? "",
    ]),
  );
}

/** The source of each half word of a section that is in no variable. */
function sourceLines(
  root: string,
  elf: string,
  { address, bytes }: Section,
  variables: readonly Variable[],
): string[] {
  const taken = new Set<number>();
  for (const variable of variables)
    for (let at = variable.address; at < variable.address + variable.bytes; at++)
      taken.add(at - (at & 1));
  const halves = Array.from({ length: bytes >> 1 }, (_, i) => address + 2 * i).filter(
    (at) => !taken.has(at),
  );
  const input = halves.map((at) => `0x${at.toString(16)}\n`).join("");
  return runTool(root, "arm-none-eabi-addr2line", ["-e", elf], input)
    .trimEnd()
    .split("\n")
    .map((line) => (line.endsWith(":?") ? "" : line.slice(0, Math.max(0, line.lastIndexOf(":")))));
}
