/**
 * One change on one channel. Channels are named `group.name`: `pin.GP15`, `message.climate`,
 * `i2c.i2c0`, `log.thermostat`, `signal.temperature`, `trap.thermostat`, `swap.thermostat`,
 * `setting.setPoint`.
 */
export interface TraceEntry {
  /** Virtual microseconds since the device started. */
  readonly timeUs: number;
  readonly channel: string;
  /** Numbers for pins and signals, text for the rest. */
  readonly value: number | string;
}

/** Takes entries in the order of their times. */
export type TraceSink = (entry: TraceEntry) => void;
