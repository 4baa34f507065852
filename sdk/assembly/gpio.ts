import { gpio_read, gpio_toggle, gpio_unwatch, gpio_watch, gpio_write, Edges } from "./contract";
import { handlerOf } from "./handler";

/**
 * A need declared as `{"gpio": "in"}`. Levels are logical: `true` is active, whatever the wiring says is the active level.
 */
@unmanaged
export class DigitalInput {
  /** Whether the input is active now. */
  read(): bool {
    return gpio_read(changetype<u32>(this));
  }

  /**
   * Calls `handler(active)` at each change of the kind `edges` after which the input was stable for `debounceMs` milliseconds
   * (0 to 1000). One watch per input: a second call replaces it.
   */
  // @ts-ignore: decorator
  @inline
  watch(edges: Edges, debounceMs: u32, handler: (active: bool) => void): void {
    gpio_watch(changetype<u32>(this), edges, debounceMs, handlerOf(handler));
  }

  /** Ends the watch. */
  unwatch(): void {
    gpio_unwatch(changetype<u32>(this));
  }
}

/** A need declared as `{"gpio": "out"}`. It is inactive until it is first written. */
@unmanaged
export class DigitalOutput {
  /** The level last written. */
  read(): bool {
    return gpio_read(changetype<u32>(this));
  }

  /** Drives the output active (`true`) or inactive (`false`). */
  write(active: bool): void {
    gpio_write(changetype<u32>(this), active);
  }

  /** Inverts the output. */
  toggle(): void {
    gpio_toggle(changetype<u32>(this));
  }
}
