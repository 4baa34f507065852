import { picoLimits } from "../../../runtime/firmware/pico.js";
import type { Connection } from "../../../runtime/rig/connection.js";
import type { AppBudget, Budget } from "../../image/budget.js";
import type { Wired } from "../run/names.js";
import type { Style } from "./style.js";

/** The budget sheet of one app: what it takes of the board, of how much, and made up of what. `wiring` may be why it is not known. */
export function renderBudget(
  budget: Budget,
  wiring: readonly Wired[] | string,
  style: Style,
): string[] {
  const app = budget.apps[0]!;
  const { firmware } = budget;
  const figures: readonly (readonly [name: string, used: number, of: number, note: string])[] = [
    [
      "flash",
      app.slot?.bytes ?? app.payloadBytes + app.wiringBytes,
      budget.storeBytes,
      `payload ${number(app.payloadBytes)} (code ${number(app.codeBytes)}), wiring ${number(app.wiringBytes)}`,
    ],
    [
      "firmware",
      firmware.imageBytes,
      firmware.slotBytes,
      `helpers ${number(firmware.helperBytes)} of it`,
    ],
    [
      "RAM",
      budget.arenaBytes,
      firmware.arenaBytes,
      `memory ${number(app.memoryBytes)}, kernel ${number(app.recordBytes)}`,
    ],
    ["stack", app.stackBytes, picoLimits.stackBytes, stackNote(app)],
  ];
  const usedWidth = widest(figures.map(([, used]) => number(used)));
  const ofWidth = widest(figures.map(([, , of]) => number(of)));
  const rows: readonly (readonly [name: string, text: string])[] = [
    ...figures.map(([name, used, of, note]): [string, string] => [
      name,
      `${number(used).padStart(usedWidth)} of ${number(of).padStart(ofWidth)} B   ${style.dim(note)}`,
    ]),
    ["handlers", `${app.bindings} of ${picoLimits.bindings} timers, watches and subscriptions`],
    ["queues", queues(app)],
    ["time", `${number(app.eventMs)} ms at most for an event`],
    ...(typeof wiring === "string"
      ? [["wiring", wiring] as const]
      : wiring.map(({ need, connection }) => [need.name, wiringText(connection)] as const)),
  ];
  const width = widest(rows.map(([name]) => name));
  const verdict = budget.fits ? style.bold("fits") : style.red("does not fit");
  return [
    `${style.bold(app.app)} on a Raspberry Pi Pico: ${verdict}`,
    "",
    ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`),
  ];
}

function stackNote({ stackDepthBytes, instanceBytes }: AppBudget): string {
  const calls = stackDepthBytes === null ? "calls unbounded" : `calls ${number(stackDepthBytes)}`;
  return `${calls}, globals ${number(instanceBytes)}, reserve ${picoLimits.stackReserveBytes}`;
}

function queues({ events, messages }: AppBudget): string {
  return [
    `${events} of ${picoLimits.events} events`,
    `${messages} of ${picoLimits.messages} messages`,
  ].join(", ");
}

/** What a need is wired to, with every pin that takes. */
function wiringText(connection: Connection): string {
  const pins = (...numbers: readonly number[]): string =>
    numbers.map((pin) => `GP${pin}`).join(", ");
  switch (connection.kind) {
    case "gpio":
    case "pwm":
      return pins(connection.pin);
    case "adc":
      return `${pins(connection.pin)}, ADC input ${connection.channel}`;
    case "i2c": {
      const { bus, address, sda, scl } = connection;
      return `i2c${bus} at 0x${address.toString(16).padStart(2, "0")}: ${pins(sda, scl)}`;
    }
    case "spi": {
      const { bus, sck, mosi, miso, cs } = connection;
      return `spi${bus}: ${pins(sck, mosi, miso, cs)}`;
    }
    case "uart":
      return `uart${connection.port}: ${pins(connection.tx, connection.rx)}`;
    case "topic":
      return `topic ${connection.topic}`;
  }
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}
