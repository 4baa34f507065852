import type { Manifest, Need, Setting } from "./manifest.js";
import type { Connection, Pull } from "../rig/connection.js";
import { type Policy, policyOf, settingHash } from "./state.js";

/** Positions are those of `need_kind` in runtime/core/contract.h. */
export const needKinds: readonly Need["kind"][] = [
  "gpio-in",
  "gpio-out",
  "pwm",
  "adc",
  "i2c",
  "spi",
  "uart",
  "publish",
  "subscribe",
];
const pulls: readonly Pull[] = ["none", "up", "down"];

/** Size of the header. */
export const headerBytes = 16;
const needBytes = 20;
const settingBytes = 12;
const policyHeaderBytes = 8;
const settingHashBytes = 4;
const stateRecordBytes = 8;
/** Size of a field of a structured message. */
export const fieldBytes = 4;

/** What a description is made from, connections apart. */
export interface Described {
  readonly needs: readonly Need[];
  readonly settings: readonly Omit<Setting, "unit">[];
  readonly limits: Pick<Manifest["limits"], "eventMs">;
  readonly policy?: Policy | undefined;
}

/**
 * The description of a container as the core reads it: its needs with what they are wired to, its settings, limits, policy and state.
 * SPEC.md section 3 states the layout. `connections` are in the order of the needs.
 */
export function encodeDescription(
  manifest: Pick<Manifest, "needs" | "settings" | "limits" | "health" | "restart" | "state">,
  connections: readonly Connection[],
  memoryBytes: number,
): Uint8Array {
  const { needs, settings, limits } = manifest;
  const described = { needs, settings, limits, policy: policyOf(manifest) };
  return encodeDescribed(described, connections, memoryBytes);
}

/** The same from what a payload keeps of a manifest. */
export function encodeDescribed(
  described: Described,
  connections: readonly Connection[],
  memoryBytes: number,
): Uint8Array {
  const { needs, settings, limits, policy } = described;
  const policyAt = headerBytes + needs.length * needBytes + settings.length * settingBytes;
  const texts = new Texts(needs, connections, policyAt + policyBytes(policy, settings.length));
  const bytes = new Uint8Array(texts.endBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 1, true);
  view.setUint16(2, bytes.length, true);
  view.setUint32(4, memoryBytes, true);
  view.setUint32(8, limits.eventMs, true);
  view.setUint8(12, needs.length);
  view.setUint8(13, settings.length);
  view.setUint8(14, policy?.state.length ?? 0);
  view.setUint8(15, policy ? 1 : 0);
  needs.forEach((need, index) => {
    const record = new DataView(bytes.buffer, headerBytes + index * needBytes, needBytes);
    record.setUint8(0, needKinds.indexOf(need.kind));
    if (need.kind === "publish" && need.retain) record.setUint8(offsets.mode, 1);
    writeConnection(record, connections[index]!);
  });
  settings.forEach((setting, index) => {
    const at = headerBytes + needs.length * needBytes + index * settingBytes;
    view.setInt32(at, setting.default, true);
    view.setInt32(at + 4, setting.min, true);
    view.setInt32(at + 8, setting.max, true);
  });
  if (policy) writePolicy(new DataView(bytes.buffer, policyAt), policy, settings);
  texts.write(view);
  return bytes;
}

function policyBytes(policy: Policy | undefined, settingCount: number): number {
  if (!policy) return 0;
  return (
    policyHeaderBytes + settingCount * settingHashBytes + policy.state.length * stateRecordBytes
  );
}

function writePolicy(
  view: DataView,
  { restart, health, state }: Policy,
  settings: Described["settings"],
): void {
  view.setUint16(0, restart.delayMs, true);
  view.setUint8(2, restart.attempts);
  view.setUint8(3, health.confirm ? 1 : 0);
  view.setUint16(4, health.seconds, true);
  view.setUint16(6, health.events, true);
  settings.forEach((setting, index) =>
    view.setUint32(policyHeaderBytes + index * settingHashBytes, settingHash(setting), true),
  );
  const stateAt = policyHeaderBytes + settings.length * settingHashBytes;
  state.forEach((record, index) => {
    const at = stateAt + index * stateRecordBytes;
    view.setUint32(at, record.hash, true);
    view.setUint16(at + 4, record.offset, true);
    view.setUint8(at + 6, record.bytes);
    view.setUint8(at + 7, record.older ? 1 : 0);
  });
}

/** Offsets of `struct need` in runtime/core/description.h. */
const offsets = {
  mode: 1,
  activeLow: 2,
  pull: 3,
  unit: 4,
  address: 5,
  topicLength: 6,
  fieldCount: 7,
  pins: 8,
  hertz: 12,
  topic: 16,
  fields: 18,
} as const;

function writeConnection(record: DataView, connection: Connection): void {
  const pins = (...numbers: number[]): void =>
    numbers.forEach((pin, index) => record.setUint8(offsets.pins + index, pin));
  const unit = (number: number, hertz: number): void => {
    record.setUint8(offsets.unit, number);
    record.setUint32(offsets.hertz, hertz, true);
  };
  switch (connection.kind) {
    case "gpio":
      record.setUint8(offsets.activeLow, connection.activeLow ? 1 : 0);
      record.setUint8(offsets.pull, pulls.indexOf(connection.pull));
      return pins(connection.pin);
    case "pwm":
      return pins(connection.pin);
    case "adc":
      unit(connection.channel, 0);
      return pins(connection.pin);
    case "i2c":
      unit(connection.bus, connection.hertz);
      record.setUint8(offsets.address, connection.address);
      return pins(connection.sda, connection.scl);
    case "spi":
      unit(connection.bus, connection.hertz);
      record.setUint8(offsets.mode, connection.mode);
      return pins(connection.sck, connection.mosi, connection.miso, connection.cs);
    case "uart":
      unit(connection.port, connection.baud);
      return pins(connection.tx, connection.rx);
    case "topic":
      return;
  }
}

/** What lies behind the tables: the fields of structured messages, then topics and names. */
class Texts {
  #endBytes: number;
  readonly #writes: ((view: DataView) => void)[] = [];

  constructor(needs: readonly Need[], connections: readonly Connection[], startBytes: number) {
    const fields = needs.map((need) => (need.kind === "publish" ? need.fields : []));
    let fieldsAt = startBytes;
    this.#endBytes = startBytes + fieldBytes * fields.reduce((sum, own) => sum + own.length, 0);
    needs.forEach((_, index) => {
      const connection = connections[index]!;
      if (connection.kind !== "topic") return;
      const record = headerBytes + index * needBytes;
      const own = fields[index]!;
      this.#reference(record + offsets.topic, record + offsets.topicLength, connection.topic);
      if (own.length === 0) return;
      const at = fieldsAt;
      this.#writes.push((view) => {
        view.setUint8(record + offsets.fieldCount, own.length);
        view.setUint16(record + offsets.fields, at, true);
        own.forEach((field, position) =>
          view.setUint8(at + position * fieldBytes + 3, field.decimals),
        );
      });
      own.forEach((field, position) =>
        this.#reference(at + position * fieldBytes, at + position * fieldBytes + 2, field.name),
      );
      fieldsAt += own.length * fieldBytes;
    });
  }

  /** Size of the whole description. */
  get endBytes(): number {
    return this.#endBytes;
  }

  /** Places a text, its offset (16 bits) and its length (8 bits). */
  #reference(offsetAt: number, lengthAt: number, text: string): void {
    const bytes = new TextEncoder().encode(text);
    const at = this.#endBytes;
    this.#endBytes += bytes.length;
    this.#writes.push((view) => {
      view.setUint16(offsetAt, at, true);
      view.setUint8(lengthAt, bytes.length);
      new Uint8Array(view.buffer, at).set(bytes);
    });
  }

  write(view: DataView): void {
    for (const write of this.#writes) write(view);
  }
}
