import type { DriverMachine } from "./machine.js";

/** Buffer controls in the USB memory, datasheet 4.1.2.5. */
const control = { in: 0x80, out: 0x84 };
const data1 = 1 << 13;
const stalled = 1 << 11;
const available = 1 << 10;
const controlBytes = 64;

export const stall = "stall";

export interface Setup {
  readonly type: number;
  readonly request: number;
  readonly value?: number;
  readonly index?: number;
  readonly length?: number;
}

/**
 * A host that drives endpoint 0 transaction by transaction and checks what the specification asks of a device: packet ids, the
 * end of each stage. Its requests are those of Linux when `enumerate` is called.
 */
export class ControlHost {
  /** Packets of the data endpoint, with their id. */
  readonly packets: { readonly bytes: Uint8Array; readonly id: 0 | 1 }[] = [];
  #sent: { readonly bytes: Uint8Array; readonly id: 0 | 1 }[] = [];
  #reads = new Map<number, number>();

  constructor(private readonly device: DriverMachine) {
    const usb = this.#usb;
    const ids = new Map<number, (0 | 1)[]>();
    // rp2040js says when a packet was sent, but not with which id: that is seen where it becomes available.
    const update = usb.DPRAMUpdated.bind(usb);
    usb.DPRAMUpdated = (offset, value) => {
      const endpoint = (offset - control.in) / 8;
      if (Number.isInteger(endpoint) && (value & available) !== 0)
        ids.set(endpoint, [...(ids.get(endpoint) ?? []), (value & data1) !== 0 ? 1 : 0]);
      update(offset, value);
    };
    usb.onEndpointWrite = (endpoint, bytes) => {
      const packet = { bytes, id: ids.get(endpoint)!.shift()! };
      (endpoint === 0 ? this.#sent : this.packets).push(packet);
    };
    usb.onEndpointRead = (endpoint, sizeBytes) => this.#reads.set(endpoint, sizeBytes);
  }

  get #usb() {
    return this.device.pico.chip.usbCtrl;
  }

  #control(endpoint: number, direction: "in" | "out"): number {
    const { usbDPRAMView } = this.device.pico.chip;
    return usbDPRAMView.getUint32(control[direction] + 8 * endpoint, true);
  }

  reset(): void {
    this.#usb.resetDevice();
    this.device.run(12_000);
    this.#reads.clear();
  }

  /** A control transfer: the bytes of the answer, none for a request without, or that the device refuses. */
  transfer(setup: Setup, data: Uint8Array = new Uint8Array()): Uint8Array | typeof stall {
    const { type, request, value = 0, index = 0, length = data.length } = setup;
    this.#begin(type, request, value, index, length);
    if (this.#isStalled()) return stall;
    if (type >= 0x80 && length > 0) return this.#receive(length);
    if (length > 0) this.#send(data);
    this.#takeStatus();
    return new Uint8Array();
  }

  /** A setup packet and nothing more: what a host does that gives up. */
  #begin(type: number, request: number, value: number, index: number, length: number): void {
    this.#sent = [];
    this.#reads.delete(0);
    // The controller disarms the stall when a setup packet arrives (4.1.2.6.1).
    (this.#usb as unknown as { epStallArm: number }).epStallArm = 0;
    const words = [value, index, length].flatMap((word) => [word & 0xff, word >> 8]);
    this.#usb.sendSetupPacket(Uint8Array.of(type, request, ...words));
    this.device.run(100);
  }

  abandon(setup: Setup): void {
    const { type, request, value = 0, index = 0, length = 0 } = setup;
    this.#begin(type, request, value, index, length);
  }

  #isStalled(): boolean {
    const bits = this.#control(0, "in") & this.#control(0, "out") & stalled;
    return bits !== 0 && this.#usb.readUint32(0x68) === 3;
  }

  #receive(length: number): Uint8Array {
    const bytes: number[] = [];
    for (let id = 1; ; id ^= 1) {
      this.device.until(() => this.#sent.length > 0);
      const packet = this.#sent.shift()!;
      if (packet.id !== id) throw new Error(`DATA${packet.id} instead of DATA${id}`);
      bytes.push(...packet.bytes);
      if (bytes.length > length) throw new Error("more than was asked for");
      if (packet.bytes.length < controlBytes || bytes.length === length) break;
    }
    this.#expectRead();
    this.#usb.endpointReadDone(0, new Uint8Array());
    this.device.run(100);
    if (this.#sent.length > 0) throw new Error("a packet after the end");
    return Uint8Array.from(bytes);
  }

  #send(data: Uint8Array): void {
    this.#expectRead();
    this.#usb.endpointReadDone(0, data);
    this.device.run(100);
  }

  #expectRead(): void {
    if (!this.#reads.has(0)) throw new Error("endpoint 0 takes nothing");
    if ((this.#control(0, "out") & data1) === 0) throw new Error("it expects DATA0");
    this.#reads.delete(0);
  }

  #takeStatus(): void {
    this.device.run(100);
    const [status, ...more] = this.#sent;
    if (!status || status.bytes.length > 0 || status.id !== 1 || more.length > 0)
      throw new Error("no acknowledgement");
  }

  /** Sends to the data endpoint. False if the device does not take it. */
  send(bytes: Uint8Array): boolean {
    if (!this.#reads.has(2)) return false;
    this.#reads.delete(2);
    this.#usb.endpointReadDone(2, bytes);
    this.device.run(200);
    return true;
  }

  /** What Linux does with a new device: hub.c old and new scheme, usb_get_configuration, cdc_acm. */
  enumerate(): { device: Uint8Array; configuration: Uint8Array } {
    this.reset();
    this.transfer({ type: 0x80, request: 6, value: 0x0100, length: 64 });
    this.reset();
    this.transfer({ type: 0, request: 5, value: 23 });
    this.device.run(10_000);
    const get = (value: number, length: number): Uint8Array | typeof stall =>
      this.transfer({
        type: 0x80,
        request: 6,
        value,
        length,
        index: value >> 8 === 3 ? 0x0409 : 0,
      });
    get(0x0100, 8);
    const device = get(0x0100, 18);
    get(0x0f00, 5);
    get(0x0600, 10);
    const head = get(0x0200, 9);
    if (head === stall || device === stall) throw new Error("stalled");
    const configuration = get(0x0200, head[2]! | (head[3]! << 8));
    if (configuration === stall) throw new Error("stalled");
    for (const index of [0, 2, 3])
      this.transfer({ type: 0x80, request: 6, value: 0x0300 | index, length: 255 });
    this.transfer({ type: 0, request: 9, value: 1 });
    this.transfer({ type: 0x21, request: 0x20 }, Uint8Array.of(0x80, 0x25, 0, 0, 0, 0, 8));
    return { device, configuration };
  }

  open(isOpen = true): void {
    this.transfer({ type: 0x21, request: 0x22, value: isOpen ? 3 : 0 });
  }
}
