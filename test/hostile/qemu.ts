import { storeImage } from "../../builder/image/store.js";
import { picoFlash } from "../../runtime/firmware/pico.js";
import { encodeFrame, FrameReader } from "../../runtime/link/frames.js";
import { decodeDeviceMessage, encodeHostMessage } from "../../runtime/link/messages.js";
import { qemuImage, qemuMissing, qemuProgram, runOnQemu, type QemuInput } from "../helpers/qemu.js";
import type { TargetName } from "./case.js";
import type { Input, Target } from "./target.js";

/** Why there is no QEMU to test on, or false. */
export const noQemu: string | false = qemuMissing() ?? false;

const ledPin = 25;

export function qemuTarget(name: Exclude<TargetName, "pico">): Target {
  const machine = `mps2-${name}` as const;
  return {
    name,
    journal: qemuImage(machine).symbols!["flash_start"]! + picoFlash.journal,
    symbol(symbol) {
      const found = qemuProgram(machine).symbols.get(symbol);
      if (found === undefined)
        throw new RangeError(`the firmware of ${machine} has no symbol ${symbol}`);
      return found.address;
    },
    run({ containers, inputs, untilUs }) {
      const { frames, trace, exit } = runOnQemu(machine, {
        store: storeImage(containers),
        forMs: untilUs / 1000,
        inputs: inputs.map(inputOf),
      });
      const messages = new FrameReader().push(frames).map((body) => {
        const message = decodeDeviceMessage(body);
        if (message === undefined) throw new Error(`${machine} has sent a frame that says nothing`);
        return message;
      });
      if (exit !== 0) {
        const last = messages.slice(-3).map((message) => JSON.stringify(message));
        throw new Error(
          `${machine} has stopped with ${exit}; the last it said was ${last.join(" ")}`,
        );
      }
      const led = trace
        .filter(({ what, pin }) => what === "pin" && pin === ledPin)
        .map(({ timeUs, value }) => ({ timeUs, high: value !== 0 }));
      return { messages, led };
    },
  };
}

function inputOf(input: Input): QemuInput {
  const { atUs: timeUs } = input;
  if ("message" in input) return { timeUs, link: encodeFrame(encodeHostMessage(input.message)) };
  return { timeUs, pin: input.pin, high: input.high };
}
