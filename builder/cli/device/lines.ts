import { logText, payloadText } from "../../../runtime/emulator/trace/text.js";
import type { DeviceMessage } from "../../../runtime/link/messages.js";
import type { Style } from "../render/style.js";
import { timestamp } from "../render/time.js";
import { printable } from "../render/width.js";
import { explainTrap } from "../run/traps.js";
import { idText } from "./ask.js";
import type { Place } from "./locate.js";

/** What a line takes from elsewhere. */
export interface LineContext {
  readonly style: Style;
  /** The name of a container by its place on the device. */
  nameOf(container: number): string | undefined;
  /** Where in the sources a container has ended, if that is known. */
  locate(name: string, codeOffset: number): Place | undefined;
}

/** A message of a device as a line: `00:01:00.000  message thermostat  climate {"temperature":21.45}`. */
export function messageLine(message: DeviceMessage, context: LineContext): string {
  const { style } = context;
  if (message.kind === "hello") return style.dim(helloText(message, context));
  const name = context.nameOf(message.container) ?? `#${message.container}`;
  const text = printable(textOf(message, name, context));
  const kind = message.kind.padEnd(7);
  const painted =
    message.kind === "ended" || (message.kind === "log" && message.level === "error")
      ? style.red(kind)
      : style.cyan(kind);
  return `${style.dim(timestamp(message.timeUs))}  ${painted} ${style.bold(printable(name))}${text}`;
}

function helloText(hello: Extract<DeviceMessage, { kind: "hello" }>, context: LineContext): string {
  const { running } = hello;
  const during = running === null ? "" : ` while ${context.nameOf(running) ?? `#${running}`} ran`;
  return printable(
    `thimble ${hello.firmware}, id ${idText(hello)}, last reset: ${hello.resetReason}${during}`,
  );
}

function textOf(
  message: Exclude<DeviceMessage, { kind: "hello" }>,
  name: string,
  context: LineContext,
): string {
  switch (message.kind) {
    case "message":
      return `  ${message.topic} ${payloadText(message.payload)}`;
    case "log":
      return `  ${logText(message.level, message.text)}`;
    case "started":
      return message.version === 0 ? "" : `  version ${message.version}`;
    case "swapped":
      return `  ${swapText(message)}`;
    case "ended": {
      const { code, codeOffset, failures, parked } = message;
      const place = codeOffset === null ? undefined : context.locate(name, codeOffset);
      const at =
        place !== undefined
          ? ` at ${place.file}:${place.line}:${place.column}`
          : codeOffset === null
            ? ""
            : ` at byte ${codeOffset} of its code`;
      const after = parked
        ? `; it has failed ${failures} times and is not started again`
        : "; it is started again after a while";
      return `  ${code}: ${explainTrap(code).meaning}${at}${after}`;
    }
  }
}

function swapText(swapped: Extract<DeviceMessage, { kind: "swapped" }>): string {
  const { version, outcome, reason } = swapped;
  switch (outcome) {
    case "trial":
      return `version ${version} on trial`;
    case "kept":
      return `version ${version} kept`;
    case "back":
      return `back to version ${version}: ${reason}`;
    case "refused":
      return `version ${version} goes on, the device refuses: ${reason}`;
  }
}

/** A message of a device as a document for programs. */
export function messageDocument(message: DeviceMessage, context: LineContext): string {
  if (message.kind === "hello") return JSON.stringify({ ...message, id: idText(message) });
  const name = context.nameOf(message.container) ?? null;
  if (message.kind === "message")
    return JSON.stringify({ ...message, name, payload: payloadText(message.payload) });
  if (message.kind !== "ended") return JSON.stringify({ name, ...message });
  const { codeOffset } = message;
  const place = name === null || codeOffset === null ? undefined : context.locate(name, codeOffset);
  return JSON.stringify({ ...message, name, place: place ?? null });
}
