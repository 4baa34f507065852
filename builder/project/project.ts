import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { hasError } from "../../runtime/document/diagnostic.js";
import { Findings } from "../../runtime/document/findings.js";
import { parseJson } from "../../runtime/document/json.js";
import type { JsonMember, JsonNode } from "../../runtime/document/node.js";
import { field, isTrue, membersOf, numberField, textField } from "../../runtime/document/node.js";
import { validate } from "../../runtime/document/validate.js";
import { quote } from "../../runtime/document/words.js";
import type { Field, Health, Need, Restart, Setting } from "../../runtime/manifest/manifest.js";
import { defaultHealth, defaultRestart } from "../../runtime/manifest/manifest.js";
import { reservedReason } from "./reserved.js";
import { readSetting } from "./setting.js";
import { defaultEventMs, defaultMain, defaultSpiHertz, projectSchema } from "./thimble.schema.js";

/** thimble.json: what an app is called, what it needs, what its owner can set, and what it may use up. */
export interface Project {
  /** 1 to 32 of a-z, 0-9 and `-`, starting with a letter. */
  readonly name: string;
  /** The app's main file, relative to thimble.json. */
  readonly main: string;
  /** In the order of the file: a need's handle is its position. */
  readonly needs: readonly Need[];
  /** In the order of the file. */
  readonly settings: readonly Setting[];
  readonly limits: ProjectLimits;
  /** How a new version proves itself. */
  readonly health: Health;
  /** What happens after an end. */
  readonly restart: Restart;
}

/** Ceilings that a build must fit under. */
export interface ProjectLimits {
  readonly memoryBytes?: number;
  readonly stackBytes?: number;
  readonly eventMs: number;
}

/** Reads thimble.json. `project` is there unless a diagnostic is an error. */
export function readProject(
  text: string,
  file: string,
): { project?: Project; diagnostics: Diagnostic[] } {
  const { value, diagnostics } = parseJson(text, file);
  if (value === undefined) return { diagnostics };
  const findings = new Findings(file);
  const accepted = validate(value, projectSchema, findings) && !hasError(diagnostics);
  const project = accepted ? convert(value, findings) : undefined;
  diagnostics.push(...findings.diagnostics);
  return project === undefined || hasError(diagnostics)
    ? { diagnostics }
    : { project, diagnostics };
}

function convert(document: JsonNode, findings: Findings): Project {
  const needs = membersOf(field(document, "needs"));
  for (const need of needs) {
    checkName(need, "need", findings);
    const fields = membersOf(field(need.value, "fields"));
    for (const part of fields) checkName(part, "field", findings);
    checkMessageLength(need, fields.map(readField), findings);
  }
  const settings: Setting[] = [];
  for (const member of membersOf(field(document, "settings"))) {
    checkName(member, "setting", findings);
    const setting = readSetting(member, findings);
    if (setting !== undefined) settings.push(setting);
  }
  return {
    name: textField(document, "name"),
    main: textField(document, "main", defaultMain),
    needs: needs.map(readNeed),
    settings,
    limits: readLimits(field(document, "limits")),
    health: readHealth(field(document, "health")),
    restart: readRestart(field(document, "restart")),
  };
}

/** Names become identifiers in the app. */
function checkName(
  member: JsonMember,
  what: "need" | "setting" | "field",
  findings: Findings,
): void {
  const { key, keyPlace } = member;
  // "thimble/needs" exports the settings under this name, beside the needs.
  const reason =
    key === "settings" && what === "need"
      ? "what an app finds its settings under"
      : reservedReason(key);
  if (reason === undefined) return;
  const longer = `${key}${what === "need" && key !== "settings" ? "Pin" : "Value"}`;
  findings.error(
    keyPlace,
    "reserved-name",
    `${quote(key)} cannot be the name of a ${what}: it is ${reason}`,
    `Write another name, such as ${quote(longer)}.`,
  );
}

/** What a message can hold (SPEC.md, "Full queues"). */
const messageBytes = 240;

/** The longest JSON object of a topic: each number with a sign, ten digits and, if it has decimals, a point. */
function checkMessageLength(need: JsonMember, fields: readonly Field[], findings: Findings): void {
  const longest = fields.reduce(
    (sum, { name, decimals }) => sum + name.length + 4 + (decimals > 0 ? 12 : 11),
    1,
  );
  if (longest <= messageBytes) return;
  findings.error(
    need.keyPlace,
    "message-length",
    `a message of ${quote(need.key)} can be ${longest} bytes long, and a message holds ${messageBytes}`,
    "Shorten the names of its fields, or spread them over two topics.",
  );
}

function readNeed(member: JsonMember): Need {
  const { key: name, value } = member;
  const [kind] = ["gpio", "pwm", "adc", "i2c", "spi", "uart", "publish", "subscribe"].filter(
    (key) => field(value, key) !== undefined,
  );
  switch (kind) {
    case "gpio":
      return { name, kind: textField(value, "gpio") === "in" ? "gpio-in" : "gpio-out" };
    case "i2c":
      return { name, kind, address: Number(textField(value, "i2c")) };
    case "spi":
      return {
        name,
        kind,
        mode: spiModes[textField(value, "spi")]!,
        hertz: numberField(value, "hertz", defaultSpiHertz),
      };
    case "uart":
      return { name, kind, baud: numberField(value, "uart") };
    case "publish":
      return {
        name,
        kind,
        topic: textField(value, "publish"),
        fields: membersOf(field(value, "fields")).map(readField),
        ...(isTrue(value, "retain") && { retain: true }),
      };
    case "subscribe":
      return { name, kind, topic: textField(value, "subscribe") };
    default:
      return { name, kind: kind === "pwm" ? "pwm" : "adc" };
  }
}

const spiModes: Readonly<Record<string, 0 | 1 | 2 | 3>> = {
  mode0: 0,
  mode1: 1,
  mode2: 2,
  mode3: 3,
};

function readField({ key, value }: JsonMember): Field {
  return { name: key, decimals: value.kind === "number" ? value.value : 0 };
}

function readHealth(health: JsonNode | undefined): Health {
  if (health === undefined) return defaultHealth;
  return {
    seconds: numberField(health, "seconds", defaultHealth.seconds),
    events: numberField(health, "events", defaultHealth.events),
    confirm: isTrue(health, "confirm"),
  };
}

function readRestart(restart: JsonNode | undefined): Restart {
  if (restart === undefined) return defaultRestart;
  return {
    delayMs: numberField(restart, "delayMs", defaultRestart.delayMs),
    attempts: numberField(restart, "attempts", defaultRestart.attempts),
  };
}

function readLimits(limits: JsonNode | undefined): ProjectLimits {
  const result: { memoryBytes?: number; stackBytes?: number; eventMs: number } = {
    eventMs: defaultEventMs,
  };
  for (const { key, value } of membersOf(limits)) {
    if (
      value.kind === "number" &&
      (key === "memoryBytes" || key === "stackBytes" || key === "eventMs")
    )
      result[key] = value.value;
  }
  return result;
}
