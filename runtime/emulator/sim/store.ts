import type { ErrorCode } from "./contract.js";

/** Values a container may store. */
const keysPerContainer = 64;
/** Values the device has room for. */
const keysInAll = 256;

/** What containers keep over a restart: bytes by name of the container and key. Bounded. */
export class Store {
  readonly #values = new Map<string, Map<number, Uint8Array>>();

  read(container: string, key: number): Uint8Array | undefined {
    return this.#values.get(container)?.get(key);
  }

  /** Returns why the value could not be stored, or undefined. */
  write(container: string, key: number, value: Uint8Array): ErrorCode | undefined {
    const own = this.#values.get(container) ?? new Map<number, Uint8Array>();
    if (!own.has(key)) {
      if (own.size >= keysPerContainer) return "quota";
      if (this.#size() >= keysInAll) return "full";
    }
    own.set(key, value);
    this.#values.set(container, own);
    return undefined;
  }

  remove(container: string, key: number): void {
    this.#values.get(container)?.delete(key);
  }

  #size(): number {
    return [...this.#values.values()].reduce((sum, own) => sum + own.size, 0);
  }
}
