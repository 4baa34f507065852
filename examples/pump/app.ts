import { every, onMessage, persistent } from "thimble";
import { Relay } from "thimble/drivers";
import { level, motor, running, settings } from "thimble/needs";

class State {
  /** How long the motor has run, over all versions. */
  seconds: i32 = 0;
}

const state = persistent<State>();
const relay = Relay.on(motor);

function run(on: bool): void {
  if (on == relay.isOn()) return;
  relay.set(on);
  running.publish(i32(on), state.seconds);
}

// Fills the tank from `low` to `high`. What is no number must not let it run over.
onMessage(level, () => {
  const permille = level.readNumber(1, 1000);
  if (permille < settings.low) run(true);
  if (permille >= settings.high) run(false);
});

every(1000, () => {
  if (relay.isOn()) state.seconds++;
});
