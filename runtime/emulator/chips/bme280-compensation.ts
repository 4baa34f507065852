/**
 * What stands between the physical world and the BME280's data registers: the datasheet's compensation (BST-BME280-DS002 section 4.2.3),
 * and its inverse, which gives the ADC word for a temperature, pressure or humidity.
 */

/** Trimming parameters, section 4.2.2 table 16; types and registers are there. */
export interface Calibration {
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly p1: number;
  readonly p2: number;
  readonly p3: number;
  readonly p4: number;
  readonly p5: number;
  readonly p6: number;
  readonly p7: number;
  readonly p8: number;
  readonly p9: number;
  readonly h1: number;
  readonly h2: number;
  readonly h3: number;
  readonly h4: number;
  readonly h5: number;
  readonly h6: number;
}

/** As read from one real sensor. */
export const typicalCalibration: Calibration = {
  t1: 28998,
  t2: 27158,
  t3: 50,
  p1: 36231,
  p2: -10432,
  p3: 3024,
  p4: 7042,
  p5: -68,
  p6: -7,
  p7: 9900,
  p8: -10230,
  p9: 4285,
  h1: 75,
  h2: 378,
  h3: 0,
  h4: 282,
  h5: 50,
  h6: 30,
};

/** The fine temperature (t_fine, 1/5120 °C) of a 20-bit word: the integer formula, which every driver runs. */
export function fineTemperature(c: Calibration, word: number): number {
  const var1 = (((word >> 3) - (c.t1 << 1)) * c.t2) >> 11;
  const offset = (word >> 4) - c.t1;
  return var1 + ((((offset * offset) >> 12) * c.t3) >> 14);
}

/** Hundredths of a degree Celsius, as the integer formula rounds them. */
export function temperatureCentiC(fine: number): number {
  return (fine * 5 + 128) >> 8;
}

/** 1/1024 %, the integer formula; `word` has 16 bits. */
export function humidityQ10(c: Calibration, word: number, fine: number): number {
  const v = fine - 76800;
  const signal = ((word << 14) - (c.h4 << 20) - c.h5 * v + 16384) >> 15;
  const slope =
    (((((v * c.h6) >> 10) * (((v * c.h3) >> 11) + 32768)) >> 10) + 2097152) * c.h2 + 8192;
  const linear = Math.imul(signal, slope >> 14);
  const squared = ((linear >> 15) * (linear >> 15)) >> 7;
  const value = linear - ((squared * c.h1) >> 4);
  return Math.min(Math.max(value, 0), 419430400) >> 12;
}

/** Operating range, section 1.1 table 1. What lies outside is measured as the nearest value inside. */
export const operatingRange = {
  temperatureC: { min: -40, max: 85 },
  pressureHPa: { min: 300, max: 1100 },
  humidityPercent: { min: 0, max: 100 },
} as const;

/**
 * The word whose low `20 - bits` bits are 0 for which the integer formula gives `temperatureC` (-40 to 85) rounded to
 * hundredths, and of those the nearest. With the typical calibration a step of 16 bits is half a hundredth, so
 * there always is one.
 */
export function temperatureWord(c: Calibration, temperatureC: number, bits: number): number {
  const step = 1 << (20 - bits);
  // t_fine = t2 * x / 1024 + t3 * x * x / 2^26 with x = word / 16 - t1, solved for x.
  const linear = c.t2 / 1024;
  const square = c.t3 / 2 ** 26;
  const fine = temperatureC * 5120;
  const x = (2 * fine) / (linear + Math.sqrt(linear * linear + 4 * square * fine));
  const target = Math.round(temperatureC * 100);
  let word = roundTo((x + c.t1) * 16, step, 0xfffff);
  while (temperatureCentiC(fineTemperature(c, word)) < target) word += step;
  while (temperatureCentiC(fineTemperature(c, word)) > target) word -= step;
  return word;
}

/**
 * The nearest word whose low `20 - bits` bits are 0 for a pressure (300 to 1100 hPa). The datasheet's formula is a quadratic in the
 * word; its 64-bit integer form differs from the exact solution by less than a tenth of a step.
 */
export function pressureWord(
  c: Calibration,
  pressureHPa: number,
  fine: number,
  bits: number,
): number {
  const v = fine / 2 - 64000;
  const offset = ((v * v * c.p6) / 32768 + v * c.p5 * 2) / 4 + c.p4 * 65536;
  const sensitivity = (1 + ((c.p3 * v * v) / 524288 + c.p2 * v) / 524288 / 32768) * c.p1;
  // pressure = p + (p9 * p * p / 2^31 + p8 * p / 2^15 + p7) / 16, solved for p.
  const square = c.p9 / 2 ** 35;
  const linear = 1 + c.p8 / 2 ** 19;
  const constant = c.p7 / 16 - pressureHPa * 100;
  const p = (-2 * constant) / (linear + Math.sqrt(linear * linear - 4 * square * constant));
  return roundTo(1048576 - offset / 4096 - (p * sensitivity) / 6250, 1 << (20 - bits), 0xfffff);
}

/** The 16-bit word for which the integer formula gives the value nearest to `humidityPercent` (0 to 100). */
export function humidityWord(c: Calibration, humidityPercent: number, fine: number): number {
  const v = fine - 76800;
  const slope = (c.h2 / 65536) * (1 + (c.h6 / 2 ** 26) * v * (1 + (c.h3 / 2 ** 26) * v));
  // humidity = x - h1 / 2^19 * x * x with x linear in the word, solved for x.
  const x = (2 * humidityPercent) / (1 + Math.sqrt(1 - (4 * c.h1 * humidityPercent) / 2 ** 19));
  const target = humidityPercent * 1024;
  const miss = (word: number) => Math.abs(humidityQ10(c, word, fine) - target);
  const start = roundTo(x / slope + c.h4 * 64 + (c.h5 / 16384) * v, 1, 0xffff);
  let word = start;
  // Its roundings put the integer formula less than a word off this solution, and make it fall here and there.
  for (let near = start - 3; near <= start + 3; near++) if (miss(near) < miss(word)) word = near;
  return word;
}

function roundTo(word: number, step: number, max: number): number {
  return Math.min(Math.max(Math.round(word / step) * step, 0), max & -step);
}
