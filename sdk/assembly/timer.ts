import { timer_after, timer_cancel, timer_every } from "./contract";
import { handlerOf } from "./handler";

/** A timer that was armed. It is known by its handler, so arming the same function again replaces it. */
@unmanaged
export class Timer {
  /** Ends the timer, and an event of it that waits. */
  cancel(): void {
    timer_cancel(changetype<u32>(this));
  }
}

/**
 * Calls `handler` each `periodMs` milliseconds (1 to 86,400,000), first after one period. Due times do not drift: a late
 * call does not move the next one. The handler may use module-level variables, not locals around it.
 *
 * Cost: 11 to 13 bytes. A wrong period ends the container with `bad-argument`.
 */
// @ts-ignore: decorator
@inline
export function every(periodMs: u32, handler: () => void): Timer {
  const index = handlerOf(handler);
  timer_every(periodMs, index);
  return changetype<Timer>(index);
}

/**
 * Calls `handler` once, `delayMs` milliseconds (0 to 86,400,000) from now. With 0 it is called as soon as this event ends.
 *
 * Cost: 11 to 13 bytes. A wrong delay ends the container with `bad-argument`.
 */
// @ts-ignore: decorator
@inline
export function after(delayMs: u32, handler: () => void): Timer {
  const index = handlerOf(handler);
  timer_after(delayMs, index);
  return changetype<Timer>(index);
}
