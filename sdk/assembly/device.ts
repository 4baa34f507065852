import { device_getResetReason, device_id, random_next, ResetReason } from "./contract";

/** Copies the unique id of the device, 8 bytes, and returns its length. */
export function deviceId(buffer: usize, capacity: u32): i32 {
  return device_id(buffer, capacity);
}

/** Why the device started last. */
export function resetReason(): ResetReason {
  return device_getResetReason();
}

/** 32 random bits. Not for secrets. */
export function random(): u32 {
  return random_next();
}
