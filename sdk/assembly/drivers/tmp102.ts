import { I2cDevice } from "../i2c";

/** Registers are two bytes, most significant first (TMP102 datasheet SBOS397, section 7.5.1). */
const temperatureRegister: u32 = 0;

/** A TMP102 temperature sensor (Texas Instruments, SBOS397) as it powers up: 12 bits, four conversions a second. */
@unmanaged
export class Tmp102 {
  /** The sensor behind this need. Costs nothing. */
  // @ts-ignore: decorator
  @inline
  static on(device: I2cDevice): Tmp102 {
    return changetype<Tmp102>(device);
  }

  /**
   * The temperature of the last conversion in thousandths of a degree Celsius, -55,000 to 128,000 in steps of 62.5, rounded down.
   * `fallback` if the sensor does not answer.
   */
  temperatureMilliC(fallback: i32): i32 {
    const buffer = memory.data(2);
    if (changetype<I2cDevice>(this).readRegisters(temperatureRegister, buffer, 2) < 0) return fallback;
    // 12 bits, left-aligned in 16: 1/16 degree a step (section 7.3.1).
    return (<i32>(<i16>bswap<u16>(load<u16>(buffer))) >> 4) * 125 >> 1;
  }
}
