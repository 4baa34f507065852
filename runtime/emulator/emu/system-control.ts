import { BasePeripheral, type RP2040 } from "rp2040js";
import type { VirtualClock } from "./clock.js";
import type { Core } from "./core.js";
import { Exception } from "./exceptions.js";
import { SysTick } from "./systick.js";

/** The private peripheral bus of the core (Armv6-M ARM, B3): SysTick, NVIC, system control block, MPU. */
export class SystemControl extends BasePeripheral {
  readonly sysTick: SysTick;
  /** rp2040js sets a frequency here; the real timer is above. */
  readonly systickTimer = { frequency: 0 };
  readonly #core: Core;
  /** AIRCR.SYSRESETREQ. */
  onReset: () => void = () => {};

  constructor(chip: RP2040, core: Core, clock: VirtualClock) {
    super(chip, "PPB");
    this.#core = core;
    this.sysTick = new SysTick(clock);
    this.sysTick.onZero = () => core.setPending(Exception.sysTick);
  }

  override readUint32(offset: number): number {
    const { exceptions, mpu } = this.#core;
    if (offset >= 0x400 && offset < 0x420) return this.#readPriorities(offset - 0x400);
    switch (offset) {
      case 0x010:
        return this.sysTick.readControl();
      case 0x014:
        return this.sysTick.reload;
      case 0x018:
        return this.sysTick.value;
      case 0x01c:
        return 0x270f;
      case 0x100:
      case 0x180:
        return exceptions.enabledInterrupts >>> 0;
      case 0x200:
      case 0x280:
        return exceptions.pendingInterrupts >>> 0;
      case 0xd00:
        return 0x410c_c601;
      case 0xd04:
        return this.#interruptState();
      case 0xd08:
        return this.#core.vectorTable;
      case 0xd0c:
        return 0xfa05_0000;
      case 0xd10:
        return this.#core.systemControl;
      case 0xd14:
        return 0x208;
      case 0xd1c:
        return (exceptions.svCallPriority << 30) >>> 0;
      case 0xd20:
        return ((exceptions.sysTickPriority << 30) | (exceptions.pendSvPriority << 22)) >>> 0;
      case 0xd24:
        return (exceptions.pendingSystem & (1 << Exception.svCall)) === 0 ? 0 : 0x8000;
      case 0xd90:
        return 0x800;
      case 0xd94:
        return mpu.control;
      case 0xd98:
        return mpu.region;
      case 0xd9c:
        return (mpu.bases[mpu.region]! | mpu.region) >>> 0;
      case 0xda0:
        return mpu.attributes[mpu.region]!;
      default:
        return super.readUint32(offset);
    }
  }

  override writeUint32(offset: number, value: number): void {
    const core = this.#core;
    const { exceptions } = core;
    if (offset >= 0x400 && offset < 0x420) this.#writePriorities(offset - 0x400, value);
    else if (offset >= 0xd90 && offset <= 0xda0) this.#writeMpu(offset, value);
    else if (offset < 0x100) this.#writeSysTick(offset, value);
    else if (offset === 0x100) exceptions.enabledInterrupts |= value;
    else if (offset === 0x180) exceptions.enabledInterrupts &= ~value;
    else if (offset === 0x200) core.pendInterrupts(value);
    else if (offset === 0x280)
      // A line that is still high makes its interrupt pending again.
      exceptions.pendingInterrupts &= ~value | (exceptions.lines & ~exceptions.activeInterrupts);
    else if (offset === 0xd04) this.#writeInterruptState(value);
    else if (offset === 0xd08) core.vectorTable = (value & ~0xff) >>> 0;
    else if (offset === 0xd0c) this.#writeReset(value);
    else if (offset === 0xd10) core.systemControl = value & 0x16;
    else if (offset === 0xd1c) exceptions.svCallPriority = value >>> 30;
    else if (offset === 0xd20) {
      exceptions.sysTickPriority = value >>> 30;
      exceptions.pendSvPriority = (value >>> 22) & 3;
    } else super.writeUint32(offset, value);
    exceptions.update();
    core.attend();
  }

  #readPriorities(first: number): number {
    const { interruptPriorities } = this.#core.exceptions;
    let word = 0;
    for (let i = 0; i < 4; i++) word |= interruptPriorities[first + i]! << (8 * i + 6);
    return word >>> 0;
  }

  #writePriorities(first: number, word: number): void {
    const { interruptPriorities } = this.#core.exceptions;
    for (let i = 0; i < 4; i++) interruptPriorities[first + i] = (word >>> (8 * i + 6)) & 3;
  }

  #writeSysTick(offset: number, value: number): void {
    if (offset === 0x010) this.sysTick.writeControl(value);
    else if (offset === 0x014) this.sysTick.writeReload(value);
    else if (offset === 0x018) this.sysTick.clear();
    else super.writeUint32(offset, value);
  }

  #writeMpu(offset: number, value: number): void {
    const { mpu } = this.#core;
    if (offset === 0xd94) mpu.setControl(value);
    else if (offset === 0xd98) mpu.region = value & 7;
    else if (offset === 0xd9c) mpu.setBase(value);
    else if (offset === 0xda0) {
      const size = (value >>> 1) & 31;
      if ((value & 1) !== 0 && size < 7)
        this.warn("an MPU region below 256 bytes is unpredictable");
      mpu.setAttributes(value >>> 0);
    } else super.writeUint32(offset, value);
    this.#core.forgetCode();
  }

  /** ICSR. */
  #interruptState(): number {
    const { exceptions, ipsr } = this.#core;
    const bit = (exception: number, position: number): number =>
      ((exceptions.pendingSystem >>> exception) & 1) << position;
    const interrupts = exceptions.pendingInterrupts === 0 ? 0 : 1 << 22;
    const systems = bit(Exception.nmi, 31) | bit(Exception.pendSv, 28) | bit(Exception.sysTick, 26);
    return (systems | interrupts | (exceptions.next(256) << 12) | ipsr) >>> 0;
  }

  #writeInterruptState(value: number): void {
    const { exceptions } = this.#core;
    if ((value & 0x0800_0000) !== 0) exceptions.pendingSystem &= ~(1 << Exception.pendSv);
    if ((value & 0x0200_0000) !== 0) exceptions.pendingSystem &= ~(1 << Exception.sysTick);
    if ((value & 0x8000_0000) !== 0) this.#core.setPending(Exception.nmi);
    if ((value & 0x1000_0000) !== 0) this.#core.setPending(Exception.pendSv);
    if ((value & 0x0400_0000) !== 0) this.#core.setPending(Exception.sysTick);
  }

  /** AIRCR: nothing without its key. */
  #writeReset(value: number): void {
    if (value >>> 16 === 0x05fa && (value & 4) !== 0) this.onReset();
  }
}
