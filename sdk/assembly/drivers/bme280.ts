import { after, Timer } from "../timer";
import { I2cDevice } from "../i2c";

// Registers (Bosch BST-BME280-DS002, section 5.3).
const controlHumidity: u32 = 0xf2;
const controlMeasure: u32 = 0xf4;
const calibrationA: u32 = 0x88;
const calibrationB: u32 = 0xe1;
const data: u32 = 0xf7;

/** Humidity once (section 5.4.3). */
const humidityOnce: u32 = 1;
/** Temperature 16 times, which gives it 20 bits; pressure 4 times; forced mode (section 5.4.5). */
const measureForced: u32 = (5 << 5) | (3 << 2) | 1;
/** Longest time of that measurement: 1.25 + 2.3 * 16 + (2.3 * 4 + 0.575) + (2.3 + 0.575) = 50.7 ms (appendix B). */
const measureMs: u32 = 51;

/**
 * A BME280 temperature, pressure and humidity sensor (Bosch, BST-BME280-DS002), measuring on demand and asleep between:
 *
 *     const sensor = Bme280.on(climate);
 *     every(60_000, () => { sensor.measure(() => { if (sensor.read()) show(sensor.temperatureMilliC()); }); });
 *
 * The calibration is read with each measurement, so that a sensor may be plugged in or replaced at any time.
 * The compensation is the 32-bit integer one of section 4.2.3 and appendix 8.2.
 *
 * Takes 48 bytes of memory.
 */
@unmanaged
export class Bme280 {
  // What the sensor sent, where it can be loaded without shifting: calibration from 0x88 on and from 0xe1 on, then the data.
  private t1: u16 = 0;
  private t2: i16 = 0;
  private t3: i16 = 0;
  private p1: u16 = 0;
  private p2: i16 = 0;
  private p3: i16 = 0;
  private p4: i16 = 0;
  private p5: i16 = 0;
  private p6: i16 = 0;
  private p7: i16 = 0;
  private p8: i16 = 0;
  private p9: i16 = 0;
  private reserved: u8 = 0;
  private h1: u8 = 0;
  private h2: i16 = 0;
  private h3: u8 = 0;
  private h4: i8 = 0;
  /** 12 bits of this above the lowest four of h4. */
  private h5: i16 = 0;
  private h6: i8 = 0;
  private pressure: u8 = 0;
  private pressure1: u8 = 0;
  private pressure0: u8 = 0;
  private temperature: u8 = 0;
  private temperature1: u8 = 0;
  private temperature0: u8 = 0;
  private humidity: u8 = 0;
  private humidity0: u8 = 0;
  private device: I2cDevice = changetype<I2cDevice>(0);

  /** The sensor behind this need. */
  // @ts-ignore: decorator
  @inline
  static on(device: I2cDevice): Bme280 {
    const sensor = changetype<Bme280>(memory.data(offsetof<Bme280>(), 4));
    sensor.device = device;
    return sensor;
  }

  /** Starts a measurement and calls `done` 51 ms later, when it can be read. */
  // @ts-ignore: decorator
  @inline
  measure(done: () => void): Timer {
    this.start();
    return after(measureMs, done);
  }

  /** Starts a measurement, which takes 51 ms at most. */
  start(): void {
    this.device.writeRegister(controlHumidity, humidityOnce);
    this.device.writeRegister(controlMeasure, measureForced);
  }

  /** Fetches the last measurement. False if the sensor does not answer; the values are then those of the time before. */
  read(): bool {
    const base = changetype<usize>(this);
    const device = this.device;
    device.readRegisters(calibrationA, base, 26);
    device.readRegisters(calibrationB, base + offsetof<Bme280>("h2"), 7);
    return device.readRegisters(data, base + offsetof<Bme280>("pressure"), 8) > 0;
  }

  /** The temperature fetched last, in thousandths of a degree Celsius in steps of 10: -40,000 to 85,000. */
  temperatureMilliC(): i32 {
    return ((this.fine() * 5 + 128) >> 8) * 10;
  }

  /** The pressure fetched last, in pascal: 30,000 to 110,000. */
  pressurePa(): i32 {
    const v = (this.fine() >> 1) - 64000;
    const square = (v >> 2) * (v >> 2);
    let offset = (square >> 11) * this.p6 + v * this.p5 * 2;
    offset = (offset >> 2) + ((<i32>this.p4) << 16);
    const scale = ((((this.p3 * (square >> 13)) >> 3) + ((<i32>this.p2 * v) >> 1)) >> 18) + 32768;
    const divisor = <u32>((scale * <i32>this.p1) >> 15);
    if (!divisor) return 0;
    let p = <u32>(1048576 - twenty(changetype<usize>(this) + offsetof<Bme280>("pressure")) - (offset >> 12)) * 3125;
    p = p < 0x80000000 ? (p << 1) / divisor : (p / divisor) << 1;
    const a = (<i32>this.p9 * <i32>(((p >> 3) * (p >> 3)) >> 13)) >> 12;
    const b = (<i32>(p >> 2) * <i32>this.p8) >> 13;
    return <i32>p + ((a + b + this.p7) >> 4);
  }

  /** The relative humidity fetched last, in thousandths of a percent: 0 to 100,000. */
  humidityMilliPercent(): i32 {
    const v = this.fine() - 76800;
    const h4 = ((<i32>this.h4) << 4) | (this.h5 & 15);
    const h5 = <i32>this.h5 >> 4;
    const raw = (<i32>this.humidity << 8) | this.humidity0;
    const a = ((raw << 14) - (h4 << 20) - h5 * v + 16384) >> 15;
    const b = (((((v * this.h6) >> 10) * (((v * this.h3) >> 11) + 32768)) >> 10) + 2097152) * this.h2 + 8192;
    let h = a * (b >> 14);
    h -= ((((h >> 15) * (h >> 15)) >> 7) * this.h1) >> 4;
    // 1/1024 percent to 1/1000.
    return (max(0, min(h >> 12, 102400)) * 125) >> 7;
  }

  /** The temperature as the other compensations take it, in 1/5120 degree Celsius. */
  private fine(): i32 {
    const raw = twenty(changetype<usize>(this) + offsetof<Bme280>("temperature"));
    const t1 = <i32>this.t1;
    const a = (((raw >> 3) - (t1 << 1)) * this.t2) >> 11;
    const b = (raw >> 4) - t1;
    return a + ((((b * b) >> 12) * this.t3) >> 14);
  }
}

/** A 20-bit reading: three bytes, most significant first, the last with four bits (section 4.2.3). */
function twenty(at: usize): i32 {
  return (<i32>load<u8>(at) << 12) | (<i32>load<u8>(at, 1) << 4) | (load<u8>(at, 2) >> 4);
}
