import assert from "node:assert/strict";
import { test } from "node:test";
import { DeviceLink } from "./device.js";
import { encodeFrame, FrameReader } from "./frames.js";
import { decodeHostMessage, type DeviceMessage, encodeDeviceMessage } from "./messages.js";
import type { Transport } from "./transport.js";

/** The far end of a link, in the hands of the test. */
class Wire implements Transport {
  readonly sent: Uint8Array[] = [];
  receive: (bytes: Uint8Array) => void = () => undefined;
  end: (error: Error | undefined) => void = () => undefined;

  onBytes(handler: (bytes: Uint8Array) => void): void {
    this.receive = handler;
  }

  onEnd(handler: (error: Error | undefined) => void): void {
    this.end = handler;
  }

  write(bytes: Uint8Array): Promise<void> {
    this.sent.push(bytes);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

test("messages come with the names of containers, damaged and unknown frames are counted", () => {
  const wire = new Wire();
  const heard: DeviceMessage[] = [];
  const link = new DeviceLink(wire, (message) => heard.push(message));
  const started = { kind: "started", container: 2, timeUs: 5, name: "blink", version: 0 } as const;
  wire.receive(encodeFrame(encodeDeviceMessage(started)));
  wire.receive(Uint8Array.of(0, 9, 9, 0));
  wire.receive(encodeFrame(Uint8Array.of(0x81, 0x17)));
  assert.deepEqual(heard, [started]);
  assert.equal(link.nameOf(2), "blink");
  assert.equal(link.nameOf(0), undefined);
  assert.deepEqual(link.wrong, { damaged: 1, unknown: 1 });
});

test("what is sent arrives as a frame", async () => {
  const wire = new Wire();
  const link = new DeviceLink(wire, () => undefined);
  await link.send({ kind: "who" });
  const [body] = new FrameReader().push(wire.sent[0]!);
  assert.deepEqual(decodeHostMessage(body!), { kind: "who" });
});

test("the end of the stream is told", () => {
  const wire = new Wire();
  const ends: (Error | undefined)[] = [];
  const link = new DeviceLink(
    wire,
    () => undefined,
    (error) => ends.push(error),
  );
  const error = new Error("unplugged");
  wire.end(error);
  assert.deepEqual(ends, [error]);
  assert.equal(link.nameOf(0), undefined);
});
