import { adc_read } from "./contract";

/** A need declared as `{"adc": "in"}`. */
@unmanaged
export class AnalogInput {
  /** Samples the input: 0 is ground, 65535 the reference voltage (3.3 V on a Pico, 12 bits of it real). */
  read(): u32 {
    return adc_read(changetype<u32>(this));
  }

  /** Samples the input in millivolts, for a reference of 3300 mV. */
  readMilliVolts(): i32 {
    return (<i32>adc_read(changetype<u32>(this)) * 3300) >> 16;
  }
}
