import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contractImports, contractVersion } from "../../builder/contract/capabilities.js";
import { encodePayload, type Payload } from "../../builder/image/payload.js";
import { storeImage, type StoredContainer } from "../../builder/image/store.js";
import { encodeFrame, FrameReader } from "../../runtime/link/frames.js";
import {
  decodeDeviceMessage,
  type DeviceMessage,
  encodeHostMessage,
} from "../../runtime/link/messages.js";
import { encodeDescription } from "../../runtime/manifest/description.js";
import type { Need } from "../../runtime/manifest/manifest.js";
import type { Connection } from "../../runtime/rig/connection.js";
import {
  type QemuInput,
  type QemuMachine,
  type QemuResult,
  type QemuRun,
  runOnQemu,
} from "../helpers/qemu.js";

/** A container in assembly: the functions of `code` are named `start`, which is entry 0, `handler1`, `handler2` and so on, `begin`, `collect`. */
export interface Hand {
  readonly name: string;
  readonly code: string;
  readonly memoryBytes?: number;
  readonly stackBytes?: number | null;
  readonly globals?: readonly number[];
  readonly data?: Payload["data"];
  readonly eventMs?: number;
  readonly pins?: readonly number[];
  /** What the payload says of its calls: nothing if absent, which nobody holds against it. */
  readonly hostCalls?: readonly number[];
}

/** `svc` numbers by the name of the contract function: `gpio.write` is `gpio_write`. */
const calls = contractImports
  .map((item, index) => `.equ ${item.interface}_${item.name}, ${16 + index}\n`.replaceAll("-", "_"))
  .join("");

export interface Assembled {
  readonly code: Uint8Array;
  /** Their offsets. */
  readonly labels: ReadonlyMap<string, number>;
}

const assembled = new Map<string, Assembled>();

/** Assembles for ARMv6-M. */
export function assemble(text: string): Assembled {
  const known = assembled.get(text) ?? assembleAnew(text);
  assembled.set(text, known);
  return known;
}

function assembleAnew(text: string): Assembled {
  const folder = mkdtempSync(join(tmpdir(), "thimble-hand-"));
  const path = (name: string): string => join(folder, name);
  try {
    const head = ".syntax unified\n.cpu cortex-m0plus\n.thumb\n";
    writeFileSync(path("a.s"), `${head}${calls}${text}\n.balign 4\n.ltorg\n`);
    run("arm-none-eabi-as", path("a.s"), "-o", path("a.o"));
    run("arm-none-eabi-objcopy", "-O", "binary", "-j", ".text", path("a.o"), path("a.bin"));
    const labels = new Map<string, number>();
    for (const [, offset, name] of run("arm-none-eabi-nm", path("a.o")).matchAll(
      /^([0-9a-f]{8}) t (\w+)$/gm,
    ))
      labels.set(name!, Number.parseInt(offset!, 16));
    return { code: readFileSync(path("a.bin")), labels };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
}

/** A container written by hand as a store holds it. */
export function stored(hand: Hand): StoredContainer {
  const { name, memoryBytes = 0, stackBytes = 64, eventMs = 5, pins = [] } = hand;
  const { code, labels } = assemble(hand.code);
  const entries = [labels.get("start") ?? 0];
  for (let i = 1; labels.has(`handler${i}`); i++) entries.push(labels.get(`handler${i}`)!);
  const needs = pins.map((pin): Need => ({ name: `pin${pin}`, kind: "gpio-out" }));
  const connections = pins.map((pin): Connection => ({
    kind: "gpio",
    pin,
    activeLow: false,
    pull: "none",
  }));
  const limits = { memoryBytes, stackBytes, eventMs };
  const payload = encodePayload({
    bounds: "mpu",
    name,
    contract: contractVersion,
    needs,
    settings: [],
    limits,
    code,
    entries,
    start: labels.get("begin"),
    collect: labels.get("collect"),
    data: hand.data ?? [],
    globals: hand.globals ?? [],
    helpers: [],
    hostCalls: hand.hostCalls ?? [],
    mapSha256: new Uint8Array(32),
  });
  const description = encodeDescription({ needs, settings: [], limits }, connections, memoryBytes);
  return { name, payload, description };
}

/** What a run has shown, read. */
export interface Seen extends QemuResult {
  readonly messages: readonly DeviceMessage[];
}

export function runStore(
  machine: QemuMachine,
  containers: readonly StoredContainer[],
  options: Omit<QemuRun, "store">,
): Seen {
  return readRun(runOnQemu(machine, { ...options, store: storeImage(containers) }));
}

/** A host asks what is installed. */
export const asked: QemuInput = {
  timeUs: 1000,
  link: encodeFrame(encodeHostMessage({ kind: "who" })),
};

/** Throws where a frame is wrong. */
export function readRun(result: QemuResult): Seen {
  const reader = new FrameReader();
  const messages = reader.push(result.frames).map((body) => decodeDeviceMessage(body));
  if (reader.wrong > 0 || messages.includes(undefined)) throw new Error("a frame is wrong");
  return { ...result, messages: messages.map((message) => message!) };
}
