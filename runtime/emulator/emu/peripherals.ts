import type { RP2040 } from "rp2040js";

export type { RP2040 } from "rp2040js";

/** Classes that rp2040js does not export. */
export type RPSPI = RP2040["spi"][number];
export type RPUART = RP2040["uart"][number];
export type Clock = RP2040["clock"];
export type Alarm = ReturnType<Clock["createAlarm"]>;
