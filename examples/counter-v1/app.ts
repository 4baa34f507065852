import { persistent } from "thimble";
import { Button } from "thimble/drivers";
import { button, count } from "thimble/needs";

/** What the next version goes on with. */
class State {
  presses: i32 = 0;
}

const state = persistent<State>();

function tell(): void {
  count.publish(state.presses);
}

Button.on(button).onPress(() => {
  state.presses++;
  tell();
});

tell();
