import { type Diagnostic, DiagnosticError } from "../../document/diagnostic.js";
import type { Manifest } from "../../manifest/manifest.js";
import { type ContractFunction, contractFunctions, type TrapCode, trapCodes } from "./contract.js";
import type { Guest, GuestFactory, GuestHost } from "./guest.js";
import { ContainerTrap, framesOfError, type Trap, trapOfError } from "./trap.js";

/** Frames kept of a container that ends: enough for its own calls, whatever the program around it has set. */
const stackFrames = 64;

/** Of the processor that budgets are meant for, a Cortex-M0+ at 125 MHz. */
const cyclesPerMs = 125_000;
const cyclesPerUs = cyclesPerMs / 1000;

type Entry = (...args: number[]) => unknown;

/** One container in the JavaScript engine. Its host calls go to the core. */
export class Container implements Guest {
  /** How it ended last, if it ever has. */
  trap: Trap | undefined;
  #memory: WebAssembly.Memory | undefined;
  #table: WebAssembly.Table | undefined;
  /** An i64: cycles that the event may still take, in a container that counts them. */
  #budget: WebAssembly.Global | undefined;
  /** Where its memory begins in the one that the module exports. */
  #memoryBase = 0;
  #collect: Entry | undefined;
  #bytes = new Uint8Array(0);
  #isFresh = true;
  #hasEnded = false;

  /** Throws a DiagnosticError if the module cannot be instantiated. Use engineGuests. */
  constructor(
    readonly manifest: Manifest,
    private readonly module: WebAssembly.Module,
    private readonly host: GuestHost,
  ) {
    try {
      this.#take(this.#newInstance());
    } catch (error) {
      throw refusal(
        "container-instantiate",
        manifest.name,
        `cannot be instantiated: ${messageOf(error)}`,
      );
    }
  }

  #newInstance(): WebAssembly.Instance {
    return new WebAssembly.Instance(
      this.module,
      hostImports(this.host, (us) => this.#spend(us)),
    );
  }

  #take({ exports }: WebAssembly.Instance): void {
    const { memory, event, collect, budget, memoryBase } = exports;
    this.#memoryBase = memoryBase instanceof WebAssembly.Global ? Number(memoryBase.value) : 0;
    this.#budget = budget instanceof WebAssembly.Global ? budget : undefined;
    this.#memory = memory instanceof WebAssembly.Memory ? memory : undefined;
    this.#table = event instanceof WebAssembly.Table ? event : undefined;
    this.#collect = typeof collect === "function" ? (collect as Entry) : undefined;
  }

  get name(): string {
    return this.manifest.name;
  }

  /** Bytes of its memory that host calls may name: what the manifest says, as far as the memory reaches. */
  get memoryBytes(): number {
    const bytes = (this.#memory?.buffer.byteLength ?? 0) - this.#memoryBase;
    return Math.min(this.manifest.limits.memoryBytes, bytes);
  }

  /** Its memory as it is now. */
  bytes(): Uint8Array {
    const buffer = this.#memory?.buffer;
    if (buffer !== undefined && this.#bytes.buffer !== buffer)
      this.#bytes = new Uint8Array(buffer, this.#memoryBase);
    return this.#bytes;
  }

  get entries(): number {
    return this.#table?.length ?? 1;
  }

  /** The first time the instance is that of the constructor. */
  instantiate(): TrapCode {
    this.#hasEnded = false;
    if (!this.#isFresh) {
      try {
        this.#take(this.#newInstance());
      } catch (error) {
        return this.#endBy(error);
      }
    }
    this.#isFresh = false;
    return "none";
  }

  /** Calls an entry of the table with `value`. */
  call(entry: number, value: number): TrapCode {
    const table = this.#table;
    const index = entry >>> 0;
    const target = table !== undefined && index < table.length ? table.get(index) : null;
    if (target === null || target.length > 1) return this.end("bad-indirect-call");
    return this.#run(target, value);
  }

  /** Notes how the container ended; the first time since it was instantiated counts. */
  end(code: TrapCode, error?: unknown): TrapCode {
    if (this.#hasEnded) return this.trap!.code;
    this.#hasEnded = true;
    const frames = framesOfError(error);
    const offset = frames[0]?.offset;
    this.trap = {
      code,
      frames,
      timeUs: this.host.nowUs(),
      ...(offset === undefined ? {} : { offset }),
    };
    return code;
  }

  /** One call into the container. Lets no exception through: the core's frames are below. */
  #run(entry: Entry, value: number): TrapCode {
    const stackPointer = this.host.core.exports.__stack_pointer;
    const pointer = stackPointer.value;
    const limits = Error as { stackTraceLimit?: number };
    const { stackTraceLimit } = limits;
    limits.stackTraceLimit = stackFrames;
    if (this.#budget !== undefined) this.#budget.value = BigInt(this.#budgetCycles);
    try {
      entry(value);
      this.#collect?.();
      return this.#isSpent ? this.end("time-budget") : "none";
    } catch (error) {
      // The engine's stack may have ended inside a host call, with frames of the core above this one.
      stackPointer.value = pointer;
      return this.#endBy(error);
    } finally {
      this.#tellTime();
      if (stackTraceLimit !== undefined) limits.stackTraceLimit = stackTraceLimit;
    }
  }

  #endBy(error: unknown): TrapCode {
    if (error instanceof ContainerTrap) return this.end(trapCodes[error.trap]!, error);
    const code = trapOfError(error);
    return this.end(this.#isSpent && code === "unreachable" ? "time-budget" : code, error);
  }

  get #budgetCycles(): number {
    return this.manifest.limits.eventMs * cyclesPerMs;
  }

  get #isSpent(): boolean {
    return this.#budget !== undefined && this.#budget.value < 0;
  }

  /** Time passes in a host call: what is left for the code is less. */
  #spend(us: number): void {
    if (this.#budget === undefined) return;
    this.#budget.value = BigInt(this.#budget.value) - BigInt(us * cyclesPerUs);
    if (this.#isSpent) throw new ContainerTrap(trapCodes.indexOf("time-budget"));
  }

  #tellTime(): void {
    if (this.#budget === undefined) return;
    this.host.onSpent?.((this.#budgetCycles - Number(this.#budget.value)) / cyclesPerUs);
  }
}

/** Containers in the JavaScript engine: bytes that are a module and that the contract accepts. */
export const engineGuests: GuestFactory = async ({ wasm, manifest }) => {
  const module = await compile(wasm, manifest.name);
  checkShape(module, manifest.name);
  return (host) => new Container(manifest, module, host);
};

async function compile(wasm: Uint8Array, name: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(wasm);
  } catch (error) {
    throw refusal(
      "container-invalid",
      name,
      `is not a valid WebAssembly module: ${messageOf(error)}`,
    );
  }
}

/** Imports that the contract knows, and a table whose entry 0 is `start`. */
function checkShape(module: WebAssembly.Module, name: string): void {
  const known = new Set(contractFunctions.map((item) => `${item.interface}.${item.name}`));
  const diagnostics: Diagnostic[] = WebAssembly.Module.imports(module)
    .filter((item) => item.kind !== "function" || !known.has(`${item.module}.${item.name}`))
    .map((item) =>
      finding(
        "container-import",
        name,
        `imports ${item.module}.${item.name} (${item.kind}), which is not in the contract`,
      ),
    );
  const hasTable = WebAssembly.Module.exports(module).some(
    (item) => item.name === "event" && item.kind === "table",
  );
  if (!hasTable) diagnostics.push(finding("container-start", name, "exports no table named event"));
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
}

function finding(code: string, name: string, text: string): Diagnostic {
  const hint = "Build the app again with this version of thimble.";
  return { severity: "error", code, message: `container ${name} ${text}`, hint };
}

function refusal(code: string, name: string, text: string): DiagnosticError {
  return new DiagnosticError([finding(code, name, text)]);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** All functions of the contract as imports of a container; `spend` is told of the time that passes in them. */
function hostImports(host: GuestHost, spend: (us: number) => void): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {};
  for (const item of contractFunctions) {
    (imports[item.interface] ??= {})[item.name] = hostCall(host, spend, item);
  }
  return imports;
}

/** One host call. Where the core refuses it, the container is left by an exception in its own frame. */
function hostCall(
  { core, index, nowUs }: GuestHost,
  spend: (us: number) => void,
  { number, result }: ContractFunction,
): Entry {
  const { call } = core.exports;
  const enter = (a: number, b: number, c: number, d: number): void => {
    const startUs = nowUs();
    const trap = call(index, number, a, b, c, d);
    if (trap !== 0) throw new ContainerTrap(trap);
    const passedUs = nowUs() - startUs;
    if (passedUs > 0) spend(passedUs);
  };
  if (result === "i64") {
    return (a = 0, b = 0, c = 0, d = 0) => {
      enter(a, b, c, d);
      return core.wide[0];
    };
  }
  return (a = 0, b = 0, c = 0, d = 0) => {
    enter(a, b, c, d);
    return core.word[0];
  };
}
