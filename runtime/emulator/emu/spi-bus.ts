import type { RP2040, RPSPI } from "./peripherals.js";
import type { BoardLink } from "./board-link.js";

/** An SPI controller of the emulated chip, on the board. A frame takes its bits at the configured clock. */
export function attachSpi(chip: RP2040, bus: number, link: BoardLink): void {
  const controller = chip.spi[bus] as RPSPI;
  let answer = 0;
  const alarm = chip.clock.createAlarm(() => controller.completeTransmit(answer));
  controller.onTransmit = (frame) => {
    link.sync();
    answer = link.board.spiExchange(bus, frame);
    alarm.schedule((controller.dataBits * 1e9) / controller.clockFrequency);
  };
}
