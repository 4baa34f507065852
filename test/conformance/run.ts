import { decode } from "../../builder/wasm/decode.js";
import { importedFunctions, type Module } from "../../builder/wasm/module.js";
import {
  isSameEnd,
  type Bits,
  type End,
  type Executor,
  type Host,
  type Instance,
  type Loaded,
  type Outcome,
} from "../native/executor.js";
import { assemble } from "./assemble.js";
import { link, spectest, spectestPrints, type Found } from "./link.js";
import {
  readScript,
  type Action,
  type Command,
  type Expected,
  type ModuleSource,
  type Value,
} from "./script.js";

/** How a command went. `refused`: the module or the function is none that native code runs. */
export type Verdict = "passed" | "failed" | "refused" | "not applicable";

export interface Result {
  readonly line: number;
  readonly command: string;
  readonly verdict: Verdict;
  /** Why it failed or was refused, or the kind of an assertion that does not apply. */
  readonly reason: string;
  /** Line of the module it is about, and the function. */
  readonly moduleLine: number;
  readonly function: string | undefined;
}

type Judgement = { readonly verdict: Verdict; readonly reason: string };

const passed: Judgement = { verdict: "passed", reason: "" };
const failed = (reason: string): Judgement => ({ verdict: "failed", reason });
const refused = (reason: string): Judgement => ({ verdict: "refused", reason });

/** A module of the script: running, or why not. */
interface Entry {
  readonly line: number;
  readonly instance: Instance | undefined;
  readonly reason: string;
  readonly trap?: End;
  /** Whether loading it threw. */
  readonly fault?: true;
  readonly missing: ReadonlyMap<string, string>;
}

const nothing: Entry = {
  line: 0,
  instance: undefined,
  reason: "there is no module",
  missing: new Map(),
};

/** Runs a script. Throws a SyntaxError where it cannot be read. */
export function runScript(source: string, executor: Executor): Result[] {
  const run = new Run(executor);
  return readScript(source).flatMap((command) => {
    const judgement = run.perform(command);
    if (!judgement) return [];
    const { line, kind } = command;
    const action = "action" in command ? command.action : undefined;
    const moduleLine = action ? run.entry(action.module).line : line;
    return [{ line, command: kind, moduleLine, function: action?.name, ...judgement }];
  });
}

class Run {
  private current = nothing;
  private readonly named = new Map<string, Entry>();
  private readonly registered = new Map<string, Entry>();
  private readonly definitions = new Map<string, ModuleSource>();
  private definition: ModuleSource | undefined;

  constructor(private readonly executor: Executor) {}

  entry(name: string | undefined): Entry {
    return name === undefined ? this.current : (this.named.get(name) ?? nothing);
  }

  /** Undefined for what is no test. */
  perform(command: Command): Judgement | undefined {
    switch (command.kind) {
      case "module":
        return this.enter(command.module.name, this.instantiate(command.module));
      case "definition":
        this.definition = command.module;
        if (command.module.name !== undefined)
          this.definitions.set(command.module.name, command.module);
        return undefined;
      case "instance": {
        const { name, definition } = command;
        const found = definition === undefined ? this.definition : this.definitions.get(definition);
        return found ? this.enter(name, this.instantiate(found)) : failed("there is no definition");
      }
      case "register":
        this.registered.set(command.as, this.entry(command.module));
        return undefined;
      case "action": {
        const outcome = this.act(command.action);
        if ("verdict" in outcome) return outcome;
        return "trap" in outcome ? failed(`trap ${outcome.trap}`) : passed;
      }
      case "assert_return":
        return this.assertReturn(command.action, command.expected);
      case "assert_trap":
      case "assert_exhaustion": {
        const outcome = this.act(command.action);
        return "verdict" in outcome ? outcome : judgeTrap(outcome, command.message);
      }
      case "assert_trap_module":
        return judgeStart(this.instantiate(command.module), command.message);
      case "unknown":
        return refused(`the script command ${command.name}`);
      default:
        return { verdict: "not applicable", reason: command.kind };
    }
  }

  private enter(name: string | undefined, entry: Entry): Judgement {
    this.current = entry;
    if (name !== undefined) this.named.set(name, entry);
    if (entry.trap !== undefined) return failed(`trap ${entry.trap}`);
    if (entry.fault) return failed(entry.reason);
    return entry.instance ? passed : refused(entry.reason);
  }

  private instantiate(source: ModuleSource): Entry {
    const base = { line: source.line, instance: undefined, missing: new Map<string, string>() };
    let assembled;
    try {
      assembled = assemble(source);
    } catch (error) {
      return { ...base, reason: (error as Error).message };
    }
    const { missing } = assembled;
    const { module: decoded, error } = decode(assembled.wasm);
    if (!decoded) return { ...base, missing, reason: error.message };
    const module = link(decoded, (from, name) => this.resolve(from, name));
    const other = module.imports.find(({ kind }) => kind !== "function");
    if (other)
      return {
        ...base,
        missing,
        reason: `the ${other.kind} ${other.module}.${other.name} is another module's`,
      };
    const unresolved = importedFunctions(module).find(
      (item) => !this.hasFunction(item.module, item.name),
    );
    if (unresolved)
      return { ...base, missing, reason: `${unresolved.module}.${unresolved.name} is not there` };
    const host: Host = (from, name, args) => this.callHost(from, name, args);
    const loaded = this.load(module, host);
    if ("fault" in loaded) return { ...base, missing, fault: true, reason: loaded.fault };
    if ("instance" in loaded) return { ...base, missing, instance: loaded.instance, reason: "" };
    if ("trap" in loaded)
      return { ...base, missing, trap: loaded.trap, reason: `trap ${loaded.trap}` };
    return { ...base, missing, reason: loaded.refused[0]!.message };
  }

  /** What the executor throws is a fault of ours, and no reason to stop. */
  private load(module: Module, host: Host): Loaded | { readonly fault: string } {
    try {
      return this.executor.load(module, host);
    } catch (error) {
      return { fault: String(error) };
    }
  }

  private resolve(from: string, name: string): Found | undefined {
    if (from === "spectest") return spectest[name];
    const instance = this.registered.get(from)?.instance;
    const index = instance?.module.exports.find(
      (item) => item.kind === "global" && item.name === name,
    )?.index;
    const global = index === undefined ? undefined : instance?.module.globals[index];
    if (!instance || !global || global.mutable) return undefined;
    return { kind: "global", type: global.type, bits: instance.globals()[index!]! };
  }

  private hasFunction(from: string, name: string): boolean {
    if (from === "spectest") return spectestPrints.has(name);
    const { exports } = this.registered.get(from)?.instance?.module ?? { exports: [] };
    return exports.some((item) => item.kind === "function" && item.name === name);
  }

  private callHost(from: string, name: string, args: readonly Bits[]): Outcome {
    if (from === "spectest") return { results: [] };
    return this.registered.get(from)!.instance!.call(name, args);
  }

  private act(action: Action): Outcome | Judgement {
    const { instance, reason, missing } = this.entry(action.module);
    if (!instance) return refused(reason);
    const word = missing.get(action.name);
    if (word !== undefined) return refused(`${action.name} uses ${word}`);
    const item = instance.module.exports.find(({ name }) => name === action.name);
    if (action.kind === "get") {
      if (item?.kind !== "global") return refused(`there is no global ${action.name}`);
      return { results: [instance.globals()[item.index]!] };
    }
    if (item?.kind !== "function") return refused(`there is no function ${action.name}`);
    const other = action.args.find(({ type }) => type === "other");
    if (other) return refused(`a value of ${(other as Extract<Value, { type: "other" }>).text}`);
    const args = action.args.map((arg) => (arg.type === "other" ? 0n : arg.bits));
    try {
      return instance.call(action.name, args);
    } catch (error) {
      return failed(String(error));
    }
  }

  private assertReturn(action: Action, expected: readonly Expected[]): Judgement {
    const outcome = this.act(action);
    if ("verdict" in outcome) return outcome;
    if ("trap" in outcome) return failed(`trap ${outcome.trap}`);
    const { results } = outcome;
    const other = expected.find(({ type }) => type === "other");
    if (other) return refused(`a value of ${(other as Extract<Value, { type: "other" }>).text}`);
    if (
      results.length === expected.length &&
      expected.every((each, k) => matches(each, results[k]!))
    )
      return passed;
    return failed(
      `the results are ${results.map((bits) => `0x${bits.toString(16)}`).join(", ") || "none"}`,
    );
  }
}

function matches(expected: Expected, bits: Bits): boolean {
  if (expected.type === "either") return expected.choices.some((choice) => matches(choice, bits));
  if (expected.type === "other") return false;
  if (!("nan" in expected)) return expected.bits === bits;
  const isWide = expected.type === "f64";
  const quiet = isWide ? 0x7ff8_0000_0000_0000n : 0x7fc0_0000n;
  const magnitude = BigInt.asUintN(isWide ? 63 : 31, bits);
  return expected.nan === "canonical" ? magnitude === quiet : (magnitude & quiet) === quiet;
}

/** The messages of the suite, which begin so, and our traps. */
const trapMessages: readonly (readonly [string, End])[] = [
  ["unreachable", "unreachable"],
  ["integer divide by zero", "divide-by-zero"],
  ["integer overflow", "integer-overflow"],
  ["invalid conversion", "invalid-conversion"],
  ["out of bounds memory", "memory-bounds"],
  ["out of bounds table", "bad-indirect-call"],
  ["undefined", "bad-indirect-call"],
  ["uninitialized", "bad-indirect-call"],
  ["indirect call", "bad-indirect-call"],
  ["call stack exhausted", "stack-overflow"],
];

function judgeTrap(outcome: Outcome, message: string): Judgement {
  const wanted = trapMessages.find(([text]) => message.startsWith(text))?.[1];
  if (wanted === undefined) return refused(`the trap "${message}"`);
  if ("results" in outcome) return failed(`no trap (${wanted})`);
  return isSameEnd(outcome.trap, wanted) ? passed : failed(`trap ${outcome.trap}, not ${wanted}`);
}

function judgeStart({ instance, trap, reason }: Entry, message: string): Judgement {
  if (instance) return failed(`no trap (${message})`);
  if (trap === undefined) return refused(reason);
  return judgeTrap({ trap }, message);
}
