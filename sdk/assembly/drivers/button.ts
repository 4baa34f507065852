import { Edges, gpio_watch } from "../contract";
import { DigitalInput } from "../gpio";
import { handlerOf } from "../handler";

/** Longer than the bounce of common push buttons. */
const debounceMs: u32 = 20;

/** A push button on a digital input. The wiring says which level is pressed (`"active": "low"` for a button to ground). */
@unmanaged
export class Button {
  /** The button on this input. Costs nothing. */
  // @ts-ignore: decorator
  @inline
  static on(input: DigitalInput): Button {
    return changetype<Button>(input);
  }

  /** Whether the button is held down now, contact bounce included. */
  isPressed(): bool {
    return changetype<DigitalInput>(this).read();
  }

  /** Calls `handler` once per press, 20 ms after the contacts have settled. */
  // @ts-ignore: decorator
  @inline
  onPress(handler: () => void): void {
    gpio_watch(changetype<u32>(this), Edges.Rising, debounceMs, handlerOf(handler));
  }

  /** Calls `handler` once per release, 20 ms after the contacts have settled. Replaces `onPress`: an input has one watch. */
  // @ts-ignore: decorator
  @inline
  onRelease(handler: () => void): void {
    gpio_watch(changetype<u32>(this), Edges.Falling, debounceMs, handlerOf(handler));
  }
}
