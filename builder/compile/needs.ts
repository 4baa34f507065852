import type { Project } from "../project/project.js";
import type { Need, NeedKind, Setting } from "../../runtime/manifest/manifest.js";

/** The SDK class that stands for a need of each kind. */
const classes: Readonly<Record<NeedKind, string>> = {
  "gpio-in": "DigitalInput",
  "gpio-out": "DigitalOutput",
  pwm: "PwmOutput",
  adc: "AnalogInput",
  i2c: "I2cDevice",
  spi: "SpiDevice",
  uart: "UartPort",
  publish: "Outbox",
  subscribe: "Inbox",
};

/**
 * The module "thimble/needs" of an app: one typed object per need, each a constant handle, and `settings`.
 * Editors read the same file that the compiler does.
 */
export function needsSource({ needs, settings }: Project): string {
  const used = [...new Set(needs.map(({ kind }) => classes[kind]))].sort();
  const structured = needs.some((need) => fieldsOf(need).length > 0);
  const externs = [
    ...(structured ? ["message_putNumber", "message_send"] : []),
    ...(settings.length > 0 ? ["settings_get"] : []),
  ];
  const parts = [
    "// Written by thimble from thimble.json, and again whenever that changes. Edit thimble.json instead.\n",
    used.length > 0 ? `import { ${used.join(", ")} } from "thimble";\n` : "",
    externs.length > 0 ? `import { ${externs.join(", ")} } from "thimble/contract";\n` : "",
    ...needs.map(needSource),
    settings.length > 0 ? settingsSource(settings) : "",
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/** Text of thimble.json as it may stand in a comment: on one line, and not ending it. */
function inComment(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("*/", "* /");
}

/** Makes a constant reach the places that use it, so that a driver on it is a constant too. */
const inlined = "// @ts-ignore: decorator\n@inline\n";

function fieldsOf(need: Need): readonly { readonly name: string; readonly decimals: number }[] {
  return need.kind === "publish" ? need.fields : [];
}

function needSource(need: Need, handle: number): string {
  const fields = fieldsOf(need);
  const type =
    fields.length > 0
      ? `${need.name.charAt(0).toUpperCase()}${need.name.slice(1)}Outbox`
      : classes[need.kind];
  const constant = `/** ${describeNeed(need)} */\n${inlined}export const ${need.name}: ${type} = changetype<${type}>(${handle});\n`;
  return fields.length > 0 ? `${outboxSource(need, type)}\n${constant}` : constant;
}

function describeNeed(need: Need): string {
  switch (need.kind) {
    case "i2c":
      return `An I2C device at address 0x${need.address.toString(16)}.`;
    case "spi":
      return `An SPI device in mode ${need.mode} at up to ${need.hertz} Hz.`;
    case "uart":
      return `A serial port at ${need.baud} baud.`;
    case "publish":
      return `Sends messages on the topic \`${inComment(need.topic)}\`.`;
    case "subscribe":
      return `Receives the messages of the topic \`${inComment(need.topic)}\`.`;
    default:
      return {
        "gpio-in": "A digital input.",
        "gpio-out": "A digital output.",
        pwm: "A PWM output.",
        adc: "An analog input.",
      }[need.kind];
  }
}

function outboxSource(need: Need, type: string): string {
  const fields = fieldsOf(need);
  const topic = need.kind === "publish" ? inComment(need.topic) : "";
  const example = fields
    .map(({ name, decimals }) => `"${name}": ${decimals > 0 ? `0.${"0".repeat(decimals)}` : "0"}`)
    .join(", ");
  const params = fields.map(({ name }) => `${name}: i32`).join(", ");
  const docs = fields.map(({ name, decimals }) => `   * @param ${name} ${scaleText(decimals)}`);
  const puts = fields.map(
    ({ name }, k) => `    message_putNumber(changetype<u32>(this), ${k}, ${name});`,
  );
  return [
    "@unmanaged",
    `export class ${type} extends Outbox {`,
    "  /**",
    `   * Sends \`{${example}}\` on the topic \`${topic}\`.`,
    ...docs,
    "   */",
    `  publish(${params}): void {`,
    ...puts,
    "    message_send(changetype<u32>(this));",
    "  }",
    "}",
    "",
  ].join("\n");
}

/** How an integer stands for a decimal number. */
function scaleText(decimals: number): string {
  return decimals === 0 ? "sent as it is" : `times 10^-${decimals}: ${10 ** decimals} is sent as 1`;
}

function settingsSource(settings: readonly Setting[]): string {
  return [
    "@unmanaged",
    "export class Settings {",
    ...settings.flatMap((setting, k) => [
      `  /** ${describeSetting(setting)} */`,
      ...settingAccessor(setting, k),
    ]),
    "}",
    "",
    "/** Values that the owner of the device can change while the app runs. */",
    `${inlined}export const settings: Settings = changetype<Settings>(0);`,
    "",
  ].join("\n");
}

function settingAccessor({ name, type }: Setting, position: number): string[] {
  const value = `settings_get(${position})`;
  return type === "bool"
    ? [`  get ${name}(): bool {`, `    return ${value} != 0;`, "  }"]
    : [`  get ${name}(): i32 {`, `    return ${value};`, "  }"];
}

function describeSetting({ type, decimals, min, max, default: initial, unit }: Setting): string {
  if (type === "bool") return `${initial !== 0} unless the owner changes it.`;
  const of = unit === undefined ? "" : ` ${inComment(unit)}`;
  const scale = decimals > 0 ? `In 10^-${decimals}${of}: ` : unit === undefined ? "" : `In${of}: `;
  return `${scale}${min} to ${max}, ${initial} unless the owner changes it.`;
}
