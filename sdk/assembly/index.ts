/**
 * The thimble SDK. An app is a module whose top level arms handlers; from then on it lives on events:
 *
 *     import { every } from "thimble";
 *     import { led } from "thimble/needs";
 *     every(500, () => { led.toggle(); });
 */
export { AnalogInput } from "./adc";
export { now, nowMicros, wallMillis } from "./clock";
export { Edges, ErrorCode, Level, ResetReason } from "./contract";
export { deviceId, random, resetReason } from "./device";
export { DigitalInput, DigitalOutput } from "./gpio";
export { I2cDevice } from "./i2c";
export { confirm } from "./lifecycle";
export { log, logNumber } from "./log";
export { Inbox, onMessage, Outbox } from "./message";
export { PwmOutput } from "./pwm";
export { onSettingsChange } from "./settings";
export { SpiDevice } from "./spi";
export { persistent, was } from "./state";
export { store } from "./store";
export { after, every, Timer } from "./timer";
export { UartPort } from "./uart";
