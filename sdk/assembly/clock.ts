import { clock_micros, clock_millis, clock_wallMillis } from "./contract";

/** Milliseconds since the device started. Never goes back. Cost: 2 bytes a call. */
// @ts-ignore: decorator
@inline
export function now(): u64 {
  return clock_millis();
}

/** Microseconds since the device started. Never goes back. */
// @ts-ignore: decorator
@inline
export function nowMicros(): u64 {
  return clock_micros();
}

/** Milliseconds since 1970-01-01T00:00:00Z, or a negative error code (`-ErrorCode.Unavailable`) while the device does not know the time. */
// @ts-ignore: decorator
@inline
export function wallMillis(): i64 {
  return clock_wallMillis();
}
