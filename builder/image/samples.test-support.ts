import { decodePayload, type Payload } from "./payload.js";

const halves = (...values: number[]): Uint8Array => new Uint8Array(Uint16Array.from(values).buffer);

const digest = Uint8Array.from({ length: 32 }, (_, index) => index);

/** Blink as a hand would compile it: `every(500, 1)` and, as handler 1, `toggle(0)`. */
export const blink: Payload = {
  bounds: "mpu",
  name: "blink",
  contract: "0.1.0",
  needs: [{ name: "led", kind: "gpio-out" }],
  settings: [],
  limits: { memoryBytes: 0, stackBytes: 0, eventMs: 20 },
  // movs r0, #250; lsls r0, r0, #1; movs r1, #1; svc #16+22; bx lr. movs r0, #0; svc #16+2; bx lr
  code: halves(0x20fa, 0x0040, 0x2101, 0xdf26, 0x4770, 0x2000, 0xdf12, 0x4770),
  entries: [0, 10],
  data: [],
  globals: [],
  helpers: [],
  hostCalls: [2, 22],
  mapSha256: digest,
};

/** One of everything. */
export const station: Payload = {
  bounds: "checked",
  name: "station-2",
  contract: "1.20.9999",
  needs: [
    { name: "climate", kind: "i2c", address: 0x76 },
    { name: "button", kind: "gpio-in" },
    { name: "heater", kind: "gpio-out" },
    { name: "fan", kind: "pwm" },
    { name: "light", kind: "adc" },
    { name: "display", kind: "spi", mode: 3, hertz: 8_000_000 },
    { name: "modem", kind: "uart", baud: 115_200 },
    {
      name: "readings",
      kind: "publish",
      topic: "home/climate",
      fields: [
        { name: "temperature", decimals: 3 },
        { name: "heating", decimals: 0 },
      ],
    },
    { name: "ticks", kind: "publish", topic: "ticks", fields: [], retain: true },
    { name: "orders", kind: "subscribe", topic: "orders" },
  ],
  settings: [
    { name: "eco", type: "bool", decimals: 0, default: 1, min: 0, max: 1 },
    { name: "level", type: "integer", decimals: 0, default: -5, min: -2147483648, max: 2147483647 },
    { name: "setPoint", type: "decimal", decimals: 3, default: 21000, min: 5000, max: 30000 },
  ],
  limits: { memoryBytes: 320, stackBytes: 260, eventMs: 10_000 },
  policy: {
    restart: { delayMs: 60_000, attempts: 15 },
    health: { seconds: 65_535, events: 3, confirm: true },
    state: [
      { hash: 0x01020304, offset: 8, bytes: 8, older: false },
      { hash: 0x7fffffff, offset: 0, bytes: 1, older: false },
      { hash: 0x80000000, offset: 8, bytes: 8, older: true },
    ],
  },
  code: halves(0x4770, 0x4770, 0x4770, 0x4770, 0x4770, 0x46c0),
  entries: [4, -1, 6],
  start: 0,
  collect: 2,
  data: [
    { address: 8, bytes: Uint8Array.of(1, 2, 3, 4) },
    { address: 280, bytes: Uint8Array.of(0, 0, 0, 5, 6, 7, 8, 9) },
  ],
  globals: [-1, 0, 0x7ff80000],
  helpers: [0, 33, 70, 255],
  hostCalls: [1, 40, 238],
  mapSha256: digest,
};

/** A payload part by part, in words as their bytes lie. */
export function hexOf(bytes: Uint8Array): string {
  const lines = (decodePayload(bytes).parts ?? []).flatMap(({ name, offset, bytes: size }) => {
    const hex = Array.from(bytes.subarray(offset, offset + size), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");
    const words = hex.match(/.{8}/g) ?? [];
    const rows = Array.from({ length: Math.ceil(words.length / 5) }, (_, row) =>
      words.slice(5 * row, 5 * row + 5).join(" "),
    );
    return [`  ${name}: ${size} bytes at ${offset}`, ...rows.map((row) => `    ${row}`)];
  });
  return [`${bytes.length} bytes`, ...lines, ""].join("\n");
}
