import { crc32 } from "../../runtime/firmware/crc32.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { decodeUf2 } from "../../runtime/firmware/uf2.js";
import { decodePayload } from "../image/payload.js";
import { type InstalledContainer, readStore } from "../image/store.js";
import { exitCodes, inputFailure, type ExitCode } from "./failure.js";
import { displayPath, readBytes } from "./paths.js";
import type { Report } from "./report.js";

/** What a firmware slot says of itself: SPEC.md section 6. */
interface Firmware {
  readonly version: string;
  readonly bytes: number;
  readonly whole: boolean;
}

/** `thimble inspect FILE.uf2`: the firmware and the apps that the file puts on a board. */
export async function inspectUf2(report: Report, path: string): Promise<ExitCode> {
  const { host, style } = report;
  const file = displayPath(host, path);
  const uf2 = readBytes(host, path);
  if (uf2 === undefined)
    throw inputFailure({ code: "missing-file", message: "there is no such file", file });
  const flash = flashOf(uf2, file);
  const firmware = readFirmware(flash);
  const store = readStore(flash.subarray(picoFlash.journal));
  report.line(`${style.bold(file)}  ${number(uf2.length)} B`);
  report.line();
  const rows: (readonly [name: string, text: string])[] = [
    ["firmware", firmware === undefined ? "none" : firmwareText(firmware)],
    ...(store?.containers ?? []).map(
      (container) => [nameOf(container), textOf(container)] as const,
    ),
    ...(store === undefined ? [["apps", "none, and those of the board stay"] as const] : []),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, text] of rows) report.line(`  ${name.padEnd(width)}  ${text}`);
  report.data({
    file,
    firmware: firmware ?? null,
    apps: store?.containers.map(dataOf) ?? null,
  });
  const broken =
    firmware?.whole === false || (store?.containers ?? []).some((container) => !container.whole);
  return broken ? exitCodes.input : exitCodes.ok;
}

/** The flash of a chip that got the file, as far as it reaches. */
function flashOf(uf2: Uint8Array, file: string): Uint8Array {
  const decoded = decodeUf2(uf2);
  if ("problem" in decoded)
    throw inputFailure({
      code: "no-uf2",
      message: `this is no UF2 file: ${decoded.problem}, at byte ${decoded.offset}`,
      file,
      hint: 'Write one with "thimble flash --dry-run".',
    });
  const flash = new Uint8Array(picoFlash.flashBytes).fill(0xff);
  for (const { address, bytes } of decoded.segments) {
    const offset = address - picoFlash.address;
    if (offset >= 0 && offset + bytes.length <= flash.length) flash.set(bytes, offset);
  }
  return flash;
}

/** ASCII "thfw". */
const firmwareMagic = 0x77666874;
const firmwareHeaderBytes = 32;

function readFirmware(flash: Uint8Array): Firmware | undefined {
  const view = new DataView(flash.buffer, picoFlash.firmware, picoFlash.firmwareSlotBytes);
  if (view.getUint32(0, true) !== firmwareMagic) return undefined;
  const bytes = view.getUint32(8, true);
  const version = view.getUint32(16, true);
  const body = flash.subarray(
    picoFlash.firmware + firmwareHeaderBytes,
    picoFlash.firmware + Math.min(bytes, picoFlash.firmwareSlotBytes),
  );
  return {
    version: [version >>> 16, (version >>> 8) & 0xff, version & 0xff].join("."),
    bytes,
    whole: crc32(body) === view.getUint32(12, true),
  };
}

function firmwareText({ version, bytes, whole }: Firmware): string {
  return `${version}, ${number(bytes)} B${whole ? "" : ", damaged"}`;
}

function nameOf({ payload }: InstalledContainer): string {
  return decodePayload(payload).payload?.name ?? "unknown";
}

function textOf({ slot, payload: bytes, description, whole }: InstalledContainer): string {
  const at = `at 0x${slot.offset.toString(16).padStart(6, "0")}`;
  const { payload } = decodePayload(bytes);
  if (!whole || payload === undefined) return `${at}, damaged`;
  const { contract, limits } = payload;
  const stack = limits.stackBytes === null ? "unbounded" : `${number(limits.stackBytes)} B`;
  return `${number(bytes.length + description.length)} B ${at}, contract ${contract}, memory ${number(limits.memoryBytes)} B, stack ${stack}`;
}

function dataOf({ slot, payload: bytes, description, whole }: InstalledContainer): object {
  const { payload } = decodePayload(bytes);
  return {
    app: payload?.name ?? null,
    offset: slot.offset,
    slotBytes: slot.bytes,
    payloadBytes: bytes.length,
    descriptionBytes: description.length,
    whole,
    ...(payload === undefined
      ? {}
      : { contract: payload.contract, needs: payload.needs, limits: payload.limits }),
  };
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
