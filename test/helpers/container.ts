import { existsSync, readFileSync } from "node:fs";
import { build, type BuildOutput, type Container } from "../../builder/compile/build.js";
import { readProject, type Project } from "../../builder/project/project.js";
import { packagePath } from "./root.js";

/** Sources by file name, or the text of app.ts. */
export type App = string | Readonly<Record<string, string>>;

/** What thimble.json holds beside the name. */
export interface Settings {
  readonly main?: string;
  readonly needs?: object;
  readonly settings?: object;
  readonly limits?: object;
  readonly health?: object;
}

export function projectOf(parts: Settings = {}): Project {
  const { project, diagnostics } = readProject(
    JSON.stringify({ name: "test", needs: { led: { gpio: "out" } }, ...parts }),
    "thimble.json",
  );
  if (!project) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  return project;
}

export function sdkFile(path: string): string | undefined {
  const file = packagePath("sdk", "assembly", ...path.split("/"));
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Builds an app written in a test. It needs one output, `led`, unless told otherwise. */
export function buildApp(app: App, parts: Settings = {}): Promise<BuildOutput> {
  const files = typeof app === "string" ? { "app.ts": app } : app;
  return build({ project: projectOf(parts), readFile: (path) => files[path], sdkFile });
}

/** The same for an app that must build. */
export async function containerOf(app: App, parts: Settings = {}): Promise<Container> {
  const { container, diagnostics } = await buildApp(app, parts);
  if (!container) throw new Error(JSON.stringify(diagnostics, null, 1));
  return container;
}

type Answer = (memory: DataView, ...args: readonly number[]) => number | bigint | void;

/** Calls whose last argument is a handler. */
const arming: ReadonlySet<string> = new Set([
  "timer.every",
  "timer.after",
  "gpio.watch",
  "uart.watch",
  "message.subscribe",
  "settings.watch",
]);

/** A container in the JavaScript engine. Host calls are written down and answered by stubs: 0 unless told otherwise. */
export class Running {
  /** `gpio.write 0 1`, since the last look. */
  #calls: string[] = [];
  /** The handlers that are armed, by the call that armed them: `timer.every`, `gpio.watch`. */
  readonly armed = new Map<string, number[]>();
  #instance: WebAssembly.Instance | undefined;

  static async start(
    wasm: Uint8Array,
    answers: Readonly<Record<string, Answer>> = {},
    beforeStart: (running: Running) => void = () => {},
  ): Promise<Running> {
    const running = new Running();
    const module = await WebAssembly.compile(wasm);
    const imports: Record<string, Record<string, (...args: number[]) => unknown>> = {};
    for (const entry of WebAssembly.Module.imports(module)) {
      const call = `${entry.module}.${entry.name}`;
      (imports[entry.module] ??= {})[entry.name] = (...args) => {
        running.#calls.push([call, ...args].join(" "));
        if (arming.has(call))
          running.armed.set(call, [...(running.armed.get(call) ?? []), args.at(-1)!]);
        return answers[call]?.(running.#view, ...args) ?? 0;
      };
    }
    running.#instance = await WebAssembly.instantiate(module, imports);
    beforeStart(running);
    running.event(0);
    return running;
  }

  /** Calls an entry of the table, as the runtime does. Returns the host calls it made. */
  event(handler: number, value = 0): string[] {
    this.#calls = [];
    const entry = this.exports<WebAssembly.Table>("event").get(handler);
    if (!entry) throw new RangeError(`the table has no entry ${handler}`);
    entry(value);
    return this.#calls;
  }

  /** Fires what the n-th call of this kind has armed. */
  fire(call: string, value = 0, n = 0): string[] {
    const handler = this.armed.get(call)?.[n];
    if (handler === undefined) throw new RangeError(`${call} has armed no handler ${n}`);
    return this.event(handler, value);
  }

  collect(): void {
    this.exports<() => void>("collect")();
  }

  get calls(): readonly string[] {
    return this.#calls;
  }

  get memory(): Uint8Array {
    return new Uint8Array(this.exports<WebAssembly.Memory>("memory").buffer);
  }

  get tableLength(): number {
    return this.exports<WebAssembly.Table>("event").length;
  }

  exports<T>(name: string): T {
    return this.#instance?.exports[name] as T;
  }

  get #view(): DataView {
    const memory = this.#instance?.exports["memory"] as WebAssembly.Memory | undefined;
    return new DataView(memory?.buffer ?? new ArrayBuffer(0));
  }
}
