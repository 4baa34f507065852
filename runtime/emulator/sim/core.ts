import type { PortImports } from "./port.js";

/** What runtime/ports/sim/exports.c exports; it documents each. Containers go by their index. */
interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly __stack_pointer: WebAssembly.Global;
  container_count(): number;
  description_at(container: number): number;
  description_capacity(): number;
  topic_at(): number;
  payload_at(): number;
  result_at(): number;
  load(container: number, size: number, predecessor: number): number;
  start(container: number): number;
  stop(container: number): void;
  swap(predecessor: number, successor: number): number;
  on_trial(container: number): number;
  stands_by(container: number): number;
  state_at(container: number): number;
  call(container: number, number: number, a: number, b: number, c: number, d: number): number;
  run_next(): number;
  next_due_us(): number;
  pin_changed(pin: number, high: number, timeUs: number): void;
  uart_received(port: number, timeUs: number): void;
  message_received(topicBytes: number, payloadBytes: number): number;
  setting_change(container: number, setting: number, value: number): number;
  setting_value(container: number, setting: number): number;
  events(container: number): number;
  dropped(container: number): number;
  missed(container: number): number;
  waiting(container: number): number;
  bindings(container: number): number;
  trap(container: number): number;
  failures(container: number): number;
  is_parked(container: number): number;
}

/** In place of a predecessor: the container is not to replace another. */
export const noPredecessor = 0xffff_ffff;

/** The core as wasm32, and its memory seen from outside. */
export interface Core {
  readonly exports: CoreExports;
  /** All of its memory, which never grows. */
  readonly bytes: Uint8Array;
  /** The result of the last `call`, as its low word or whole. */
  readonly word: Int32Array;
  readonly wide: BigInt64Array;
}

/** Compiles runtime/firmware/core.wasm. */
export function compileCore(wasm: Uint8Array): Promise<WebAssembly.Module> {
  return WebAssembly.compile(wasm);
}

/** A core that knows nothing yet. `port` may use it once it has been returned. */
export function instantiateCore(module: WebAssembly.Module, port: PortImports): Core {
  const instance = new WebAssembly.Instance(module, { port: { ...port } });
  const exports = instance.exports as unknown as CoreExports;
  const { buffer } = exports.memory;
  const at = exports.result_at();
  return {
    exports,
    bytes: new Uint8Array(buffer),
    word: new Int32Array(buffer, at, 1),
    wide: new BigInt64Array(buffer, at, 1),
  };
}
