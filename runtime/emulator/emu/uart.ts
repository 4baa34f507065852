import type { RP2040, RPUART } from "./peripherals.js";

/**
 * rp2040js says at any time that there is room to send. A chip says so once, when its FIFO has drained to a half (RP2040 datasheet
 * 4.2.6.3), and this FIFO is never full.
 */
export function correctSending(chip: RP2040, uart: RPUART): void {
  const state = uart as unknown as { interruptStatus: number; interruptMask: number };
  uart.checkInterrupts = () =>
    chip.setInterrupt(uart.irq, (state.interruptStatus & state.interruptMask) !== 0);
}
