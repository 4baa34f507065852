import assert from "node:assert/strict";
import { test } from "node:test";
import {
  contractFunctions,
  type TrapCode,
  trapCodes,
} from "../../../runtime/emulator/sim/contract.js";
import type { VersionSource, Guest, GuestHost } from "../../../runtime/emulator/sim/guest.js";
import { ContainerTrap, type Trap as Ending } from "../../../runtime/emulator/sim/trap.js";
import type { TraceEntry } from "../../../runtime/emulator/trace/entry.js";
import type { Manifest } from "../../../runtime/manifest/manifest.js";
import {
  configurations,
  Interpreted,
  type Configuration,
} from "../../../test/helpers/differential.js";
import { buildExample, exampleNames, simulateExample } from "../../../test/helpers/examples.js";
import { functionType } from "../../wasm/module.js";
import { Trap } from "../interpret.js";

/** A container in the interpreter of intermediate code. */
class InterpretedGuest implements Guest {
  trap: Ending | undefined;
  readonly manifest: Manifest;
  readonly memoryBytes: number;
  private readonly inside: Interpreted;
  private readonly table: readonly number[];

  constructor(
    { manifest, wasm }: VersionSource,
    private readonly host: GuestHost,
    configuration: Configuration,
  ) {
    this.manifest = manifest;
    const { memoryBytes } = manifest.limits;
    this.memoryBytes = memoryBytes;
    const answer = (module: string, name: string, args: readonly bigint[]): bigint[] =>
      this.answer(module, name, args);
    this.inside = new Interpreted(wasm, configuration, answer, memoryBytes);
    const { elements, start } = this.inside.module;
    const [segment] = elements;
    const first = segment?.offset?.[0]?.immediates[0] ?? 0;
    this.table = [...Array<number>(first).fill(-1), ...(segment?.functions ?? [])];
    if (start !== null) this.inside.interpreter.call(start, []);
  }

  get entries(): number {
    return this.table.length;
  }

  /** Once: the examples do not end. */
  instantiate(): TrapCode {
    return "none";
  }

  get name(): string {
    return this.manifest.name;
  }

  bytes(): Uint8Array {
    return this.inside.interpreter.memory;
  }

  call(entry: number, value: number): TrapCode {
    const index = this.table[entry] ?? -1;
    if (index < 0) return this.end("bad-indirect-call");
    const { module, interpreter } = this.inside;
    try {
      interpreter.call(index, functionType(module, index).params.length > 0 ? [value] : []);
      const collect = module.exports.find(({ name }) => name === "collect");
      if (collect) interpreter.call(collect.index, []);
      return "none";
    } catch (error) {
      if (error instanceof Trap) return this.end(error.trap);
      if (error instanceof ContainerTrap) return this.end(trapCodes[error.trap]!);
      throw error;
    }
  }

  end(code: TrapCode): TrapCode {
    this.trap ??= { code, frames: [], timeUs: this.host.nowUs() };
    return this.trap.code;
  }

  private answer(module: string, name: string, args: readonly bigint[]): bigint[] {
    const { core, index } = this.host;
    const item = contractFunctions.find((each) => each.interface === module && each.name === name)!;
    const words = item.params.flatMap((type, k) =>
      type === "i32"
        ? [Number(args[k])]
        : [Number(args[k]! & 0xffffffffn), Number(args[k]! >> 32n)],
    );
    const [a = 0, b = 0, c = 0, d = 0] = words.map((word) => word | 0);
    const trap = core.exports.call(index, item.number, a, b, c, d);
    if (trap !== 0) throw new ContainerTrap(trap);
    if (item.result === null) return [];
    return [item.result === "i32" ? BigInt(core.word[0]!) : core.wide[0]!];
  }
}

/** What an app does in an hour of simulated time. */
async function trace(
  name: string,
  example: Awaited<ReturnType<typeof buildExample>>,
  configuration?: Configuration,
): Promise<TraceEntry[]> {
  const entries: TraceEntry[] = [];
  const { simulation } = await simulateExample(name, example, {
    sink: (entry) => entries.push(entry),
    ...(configuration && {
      createGuest: async (source) => (host) => new InterpretedGuest(source, host, configuration),
    }),
  });
  simulation.advanceTo(3_600_000_000);
  return entries;
}

for (const name of exampleNames()) {
  test(`${name} does the same as intermediate code as in the engine`, async () => {
    const example = await buildExample(name);
    const expected = await trace(name, example);
    assert.ok(expected.length > 30);
    for (const configuration of configurations.filter((each) => !/alone|without/.test(each.name)))
      assert.deepEqual(await trace(name, example, configuration), expected, configuration.name);
  });
}
