import type { RP2040 } from "rp2040js";
import type { BoardLink } from "./board-link.js";

/** Voltage of the temperature sensor at 27 °C as a conversion of 3.3 V, RP2040 datasheet section 4.9.5. */
const roomTemperature = Math.round((0.706 / 3.3) * 4096);
const temperatureInput = 4;

/** The ADC samples the board at the start of a conversion, which takes 96 cycles of 48 MHz (section 4.9.2). */
export function attachAdc({ adc }: RP2040, link: BoardLink): void {
  adc.onADCRead = (channel) => {
    link.sync();
    adc.channelValues[channel] =
      channel === temperatureInput ? roomTemperature : link.board.readAdc(channel);
    adc.currentChannel = channel;
    adc.sampleAlarm.schedule(adc.sampleTime * 1000);
  };
}
