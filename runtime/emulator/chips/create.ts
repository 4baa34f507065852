import type { PartSpec } from "../../rig/simulation.js";
import type { Environment } from "../environment/environment.js";
import { Bme280 } from "./bme280.js";
import { Button } from "./button.js";
import type { Chip } from "./chip.js";
import { Led } from "./led.js";
import { Potentiometer } from "./potentiometer.js";
import { Relay } from "./relay.js";
import { Tmp102 } from "./tmp102.js";

/** The chip a part of the rig asks for. */
export function createChip(
  name: string,
  spec: PartSpec,
  environment: Environment,
  seed: number,
): Chip {
  switch (spec.chip) {
    case "bme280":
      return new Bme280(name, spec, environment);
    case "tmp102":
      return new Tmp102(name, spec, environment);
    case "button":
      return new Button(name, spec, seed);
    case "led":
      return new Led(name, spec);
    case "relay":
      return new Relay(name, spec);
    case "potentiometer":
      return new Potentiometer(name, spec, environment);
  }
}
