import { every, logNumber } from "thimble";
import { Button, Relay, Tmp102 } from "thimble/drivers";
import { button, fan, readings, settings, thermometer } from "thimble/needs";

// A fan runs while the room is warmer than a limit. Each press of the button asks for
// half a degree more, up to two; the next one starts over.
// Temperatures are integers in thousandths of a degree: 24500 is 24.5 °C.
const stepMilliC = 500;
const mostMilliC = 2000;

const sensor = Tmp102.on(thermometer);
const relay = Relay.on(fan);
let extraMilliC = 0;

function limitMilliC(): i32 {
  return settings.limit + extraMilliC;
}

function measure(): void {
  // Should the sensor not answer, the limit itself leaves the fan off.
  const temperatureMilliC = sensor.temperatureMilliC(limitMilliC());
  relay.set(temperatureMilliC > limitMilliC());
  readings.publish(temperatureMilliC, i32(relay.isOn()));
}

Button.on(button).onPress(() => {
  extraMilliC = extraMilliC < mostMilliC ? extraMilliC + stepMilliC : 0;
  logNumber("limit", limitMilliC(), 3);
  measure();
});

every(2000, measure);
