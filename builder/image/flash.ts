import { picoFlash } from "../../runtime/firmware/pico.js";
import { encodeUf2, type Segment } from "../../runtime/firmware/uf2.js";
import { storeImage, type StoredContainer } from "./store.js";

/** The flash of a device from its first byte on, up to the end of the last container. What is not used is erased. */
export function flashImage(
  firmware: Uint8Array,
  containers: readonly StoredContainer[],
): Uint8Array<ArrayBuffer> {
  if (firmware.length > picoFlash.journal)
    throw new RangeError(`${firmware.length} bytes of firmware reach into the store`);
  const store = storeImage(containers);
  const flash = new Uint8Array(picoFlash.journal + store.length).fill(0xff);
  flash.set(firmware);
  flash.set(store, picoFlash.journal);
  return flash;
}

/**
 * The file that puts a flash image on a Pico. It writes the sectors that hold something, and the whole journal, so that what was installed
 * before is forgotten. What containers have stored stays.
 */
export function flashUf2(flash: Uint8Array): Uint8Array {
  const { sectorBytes, journal, values, address } = picoFlash;
  const segments: Segment[] = [];
  for (let at = 0; at < flash.length; at += sectorBytes) {
    const bytes = flash.subarray(at, at + sectorBytes);
    if ((at >= journal && at < values) || bytes.some((byte) => byte !== 0xff))
      segments.push({ address: address + at, bytes });
  }
  return encodeUf2(segments);
}
