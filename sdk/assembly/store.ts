import { store_getNumber, store_read, store_remove, store_setNumber, store_write } from "./contract";

/** Small values by key (0 to 255) that survive a restart of the container. */
export namespace store {
  /** The number stored under the key, or `fallback`. */
  export function getNumber(key: u32, fallback: i32): i32 {
    const value = store_getNumber(key);
    return value < 0 ? fallback : <i32>value;
  }

  /** Stores a number. Returns 0, or a negative `ErrorCode`: `Full`, `Quota`. */
  export function setNumber(key: u32, value: i32): i32 {
    return store_setNumber(key, value);
  }

  /** Copies the bytes stored under the key, at most 64, and returns their length, or a negative `ErrorCode`: `NotFound`, `TooSmall`. */
  export function read(key: u32, buffer: usize, capacity: u32): i32 {
    return store_read(key, buffer, capacity);
  }

  /** Stores `length` bytes, at most 64. Returns 0, or a negative `ErrorCode`: `Full`, `Quota`, `TooLarge`. */
  export function write(key: u32, data: usize, length: u32): i32 {
    return store_write(key, data, length);
  }

  /** Forgets what is stored under the key. */
  export function remove(key: u32): void {
    store_remove(key);
  }
}
