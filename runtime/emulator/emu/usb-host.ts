import { type RPUSBController, USBCDC } from "rp2040js";

/** What is at the other end of the emulated chip's USB cable: it sets the device up and opens its serial port. */
export class UsbHost {
  /** Told of bytes from the device. */
  onBytes: ((bytes: Uint8Array) => void) | undefined;
  /** The port is open: what is sent from now on arrives. */
  isOpen = false;
  #waiting: number[] = [];
  #read: { readonly endpoint: number; readonly sizeBytes: number } | undefined;
  readonly #controller: RPUSBController;

  constructor(controller: RPUSBController) {
    this.#controller = controller;
    const serial = new USBCDC(controller);
    serial.onDeviceConnected = () => (this.isOpen = true);
    serial.onSerialData = (bytes) => this.onBytes?.(bytes);
    // USBCDC answers a read that finds nothing with an empty packet, so that the device would read again for ever; a host
    // with nothing to say leaves it waiting.
    controller.onEndpointRead = (endpoint, sizeBytes) => {
      if (endpoint === 0) return;
      this.#read = { endpoint, sizeBytes };
      this.#answer();
    };
  }

  send(bytes: Uint8Array): void {
    this.#waiting.push(...bytes);
    this.#answer();
  }

  #answer(): void {
    if (this.#read === undefined || this.#waiting.length === 0) return;
    const { endpoint, sizeBytes } = this.#read;
    this.#read = undefined;
    const packet = Uint8Array.from(this.#waiting.splice(0, sizeBytes));
    this.#controller.endpointReadDone(endpoint, packet);
  }
}
