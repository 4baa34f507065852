/** What an access needs, as bits of `permissions`. */
export const Need = {
  privilegedRead: 1,
  privilegedWrite: 2,
  privilegedExecute: 4,
  read: 8,
  write: 16,
  execute: 32,
} as const;

const privilegedAll = Need.privilegedRead | Need.privilegedWrite | Need.privilegedExecute;
/** Of the cache: 16 pages of each of four parts of the address space. */
const ways = 64;
const ramStart = 0x2000_0000;

/** Permissions of each value of RASR.AP (Armv6-M ARM, table B3-15), execution apart; 4 is reserved. */
const accessPermissions: readonly number[] = [
  0,
  Need.privilegedRead | Need.privilegedWrite,
  Need.privilegedRead | Need.privilegedWrite | Need.read,
  Need.privilegedRead | Need.privilegedWrite | Need.read | Need.write,
  0,
  Need.privilegedRead,
  Need.privilegedRead | Need.read,
  Need.privilegedRead | Need.read,
];

/**
 * The memory protection unit of ARMv6-M (Arm DDI 0419, B3.5): eight regions with subregions, the higher number deciding. Says yes or no from a small cache of
 * stretches of addresses that have the same permissions, since each access asks.
 */
export class Mpu {
  /** CTRL: 1 enable, 2 also in HardFault and NMI, 4 default map for privileged code. */
  control = 0;
  region = 0;
  /** Base address registers without their low byte, and attribute and size registers. */
  readonly bases: Uint32Array = new Uint32Array(8);
  readonly attributes: Uint32Array = new Uint32Array(8);
  /** One stretch a way: addresses from `#low` to before `#high`. */
  readonly #low = new Float64Array(ways);
  readonly #high = new Float64Array(ways);
  readonly #permissions = new Uint8Array(ways);
  /** What follows from the registers, by region; a region that is off has no bytes. */
  readonly #starts = new Float64Array(8);
  readonly #ends = new Float64Array(8);
  readonly #grants = new Uint8Array(8);
  #foundLow = 0;
  #foundHigh = 0;

  /** Whether privileged code may read everywhere, and write to everything but flash: then nobody needs to ask. */
  sparesPrivileged = false;

  get enabled(): boolean {
    return (this.control & 1) !== 0;
  }

  setControl(word: number): void {
    this.control = word & 7;
    this.forget();
  }

  /** RBAR: with bit 4 set its low bits choose the region. */
  setBase(word: number): void {
    if ((word & 16) !== 0) this.region = word & 7;
    this.bases[this.region] = word & ~0xff;
    this.#derive(this.region);
    this.forget();
  }

  setAttributes(word: number): void {
    this.attributes[this.region] = word;
    this.#derive(this.region);
    this.forget();
  }

  forget(): void {
    this.#high.fill(0);
    this.#low.fill(0);
    this.sparesPrivileged = (this.control & 4) !== 0;
    for (let region = 0; region < 8; region++) {
      const grants = this.#grants[region]!;
      const writes = (grants & Need.privilegedWrite) !== 0 || this.#ends[region]! <= ramStart;
      const spares = (grants & Need.privilegedRead) !== 0 && writes;
      if (this.#ends[region]! > 0 && !spares) this.sparesPrivileged = false;
    }
  }

  #derive(region: number): void {
    const attributes = this.attributes[region]!;
    const bytes = 2 ** (((attributes >>> 1) & 31) + 1);
    const start = Math.floor(this.bases[region]! / bytes) * bytes;
    this.#starts[region] = start;
    this.#ends[region] = (attributes & 1) === 0 ? 0 : start + bytes;
    this.#grants[region] = permissionsOf(attributes);
  }

  /** Whether an access that needs one of the bits above may go to `address`, unsigned. */
  allows(address: number, need: number): boolean {
    const way = ((address >>> 12) & 15) | ((address >>> 24) & 0x30);
    if (address < this.#low[way]! || address >= this.#high[way]!) this.#fill(way, address);
    return (this.#permissions[way]! & need) !== 0;
  }

  /** The stretch around `address` with the permissions that it has. */
  stretch(address: number): {
    readonly low: number;
    readonly high: number;
    readonly permissions: number;
  } {
    const permissions = this.#find(address);
    return { low: this.#foundLow, high: this.#foundHigh, permissions };
  }

  #fill(way: number, address: number): void {
    this.#permissions[way] = this.#find(address);
    this.#low[way] = this.#foundLow;
    this.#high[way] = this.#foundHigh;
  }

  #find(address: number): number {
    this.#foundLow = 0;
    this.#foundHigh = 2 ** 32;
    let permissions = (this.control & 4) === 0 ? 0 : privilegedAll;
    for (let region = 7; region >= 0; region--) {
      if (!this.#covers(region, address)) continue;
      permissions = this.#grants[region]!;
      break;
    }
    return permissions;
  }

  /** Whether the region decides about `address`; narrows the stretch to where that answer stays the same. */
  #covers(region: number, address: number): boolean {
    const base = this.#starts[region]!;
    const end = this.#ends[region]!;
    if (end === 0) return false;
    if (address < base || address >= end) {
      if (address < base) this.#foundHigh = Math.min(this.#foundHigh, base);
      else this.#foundLow = Math.max(this.#foundLow, end);
      return false;
    }
    const disabled = (this.attributes[region]! >>> 8) & 0xff;
    const part = (end - base) / 8;
    let first = Math.floor((address - base) / part);
    const off = (disabled >>> first) & 1;
    let last = first;
    while (first > 0 && ((disabled >>> (first - 1)) & 1) === off) first--;
    while (last < 7 && ((disabled >>> (last + 1)) & 1) === off) last++;
    this.#foundLow = Math.max(this.#foundLow, base + first * part);
    this.#foundHigh = Math.min(this.#foundHigh, base + (last + 1) * part);
    return off === 0;
  }
}

function permissionsOf(attributes: number): number {
  const data = accessPermissions[(attributes >>> 24) & 7]!;
  if ((attributes & 0x1000_0000) !== 0) return data;
  const privileged = (data & Need.privilegedRead) === 0 ? 0 : Need.privilegedExecute;
  return data | privileged | ((data & Need.read) === 0 ? 0 : Need.execute);
}
