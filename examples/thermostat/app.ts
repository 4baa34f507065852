import { every, onSettingsChange } from "thimble";
import { Bme280, Button, Relay } from "thimble/drivers";
import { button, climate, heater, readings, settings } from "thimble/needs";

/** How far below and above the set point the heater switches. */
const hysteresisMilliC = 250;

/** Each press of the button asks for half a degree more, up to two degrees; then it starts over. */
const boostStepMilliC = 500;
const boostMostMilliC = 2000;

const sensor = Bme280.on(climate);
const relay = Relay.on(heater);
let boostMilliC = 0;

function setPointMilliC(): i32 {
  return settings.setPoint + boostMilliC;
}

function control(): void {
  if (!sensor.read()) {
    // Without a sensor the room must not be heated.
    relay.set(false);
    return;
  }
  const temperatureMilliC = sensor.temperatureMilliC();
  const target = setPointMilliC();
  const heating = relay.holdAbove(
    temperatureMilliC,
    target - hysteresisMilliC,
    target + hysteresisMilliC,
  );
  readings.publish(temperatureMilliC, sensor.humidityMilliPercent(), target, i32(heating));
}

function measure(): void {
  sensor.measure(control);
}

Button.on(button).onPress(() => {
  boostMilliC = boostMilliC < boostMostMilliC ? boostMilliC + boostStepMilliC : 0;
  measure();
});

onSettingsChange(measure);
every(60_000, measure);
