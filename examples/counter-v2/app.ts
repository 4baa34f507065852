import { confirm, now, persistent, was } from "thimble";
import { Button } from "thimble/drivers";
import { button, count } from "thimble/needs";

/** What came from version 1, and what it did not know. */
class State {
  @was("presses") total: i32 = 0;
  longestPauseMs: i32 = 0;
}

const state = persistent<State>();
let lastPressMs = now();

function tell(): void {
  count.publish(state.total, state.longestPauseMs);
}

Button.on(button).onPress(() => {
  const pressMs = now();
  state.longestPauseMs = max(state.longestPauseMs, i32(pressMs - lastPressMs));
  lastPressMs = pressMs;
  state.total++;
  tell();
  // It has counted once: good enough to stay.
  confirm();
});

tell();
