import assert from "node:assert/strict";
import { test } from "node:test";
import { storeImage, type StoredContainer } from "../../builder/image/store.js";
import { type QemuMachine, qemuMachines, qemuMissing, runOnQemu } from "../helpers/qemu.js";
import { asked, readRun, runStore, type Seen, stored } from "./containers.js";

const skip = qemuMissing() ?? false;

/** One of each part: two roots, two entries, a global, two segments, a name. */
const whole = stored({
  name: "whole",
  memoryBytes: 256,
  globals: [7],
  hostCalls: [19, 44],
  data: [
    { address: 8, bytes: Uint8Array.of(1, 2, 3, 4) },
    { address: 64, bytes: Uint8Array.of(5, 6, 7, 8) },
  ],
  code: `
begin: bx lr
start: svc #clock_micros
    bx lr
handler1: bx lr
collect: bx lr`,
});

/** Offsets of its parts: header 72, description 16, two words of host calls, four entries, a global, two segments, the name, the code. */
const at = { description: 72, hostCalls: 88, roots: 96, data: 116, names: 140 };

type Change = readonly [name: string, offset: number, ...bytes: number[]];

/** What no device may take: bytes put in the place of others. */
const changes: readonly Change[] = [
  ["magic", 0, 0x75],
  ["format", 4, 2],
  ["cpu", 6, 2],
  ["bounds-0", 7, 0],
  ["bounds-3", 7, 3],
  ["bytes-less", 8, 140],
  ["bytes-more", 8, 252],
  ["bytes-huge", 8, 252, 255, 255, 255],
  ["code-0", 12, 0, 0],
  ["code-odd", 12, 15],
  ["code-more", 12, 24],
  ["code-huge", 12, 16, 0, 0, 128],
  ["data-odd", 16, 22],
  ["data-less", 16, 20],
  ["data-huge", 16, 24, 0, 0, 128],
  ["entries-0", 28, 0],
  ["entries-more", 28, 3],
  ["entries-huge", 28, 255, 255],
  ["globals-more", 30, 2],
  ["globals-huge", 30, 255, 255],
  ["names-more", 32, 12],
  ["names-0", 32, 0],
  ["states", 34, 1],
  ["helper-abi", 36, 2],
  ["helpers", 37, 1],
  ["host-calls", 38, 0],
  ["host-calls-huge", 38, 255],
  ["roots", 39, 1],
  ["roots-4", 39, 7],
  ["description-bytes", at.description + 2, 20],
  ["description-0", at.description + 2, 0, 0],
  ["call-that-is-none", at.hostCalls + 7, 128],
  ["start-function-odd", at.roots, 1],
  ["start-function-none", at.roots, 255, 255, 255, 255],
  ["collect-beyond", at.roots + 4, 128],
  ["entry-0-none", at.roots + 8, 255, 255, 255, 255],
  ["entry-1-beyond", at.roots + 12, 0, 0, 1],
  ["segment-odd", at.data, 9],
  ["segment-beyond", at.data, 0, 1],
  ["segment-wraps", at.data, 252, 255, 255, 255],
  ["segment-0", at.data + 4, 0],
  ["segment-long", at.data + 4, 28],
  ["segment-huge", at.data + 4, 252, 255, 255, 255],
  ["segments-overlap", at.data + 12, 8],
  ["name-long", at.names + 1, 32],
];

/** The container with bytes changed, under a name of its own in the journal, whose sums are right. */
function changed([name, offset, ...bytes]: Change): StoredContainer {
  const payload = Uint8Array.from(whole.payload);
  payload.set(bytes, offset);
  return { ...whole, name, payload };
}

/** What answers a host that asks. */
const started = ({ messages }: Seen): string[] =>
  messages.flatMap((message) => (message.kind === "started" ? [message.name] : []));

function runBytes(machine: QemuMachine, store: Uint8Array): Seen {
  return readRun(runOnQemu(machine, { store, forMs: 20, inputs: [asked] }));
}

for (const machine of qemuMachines) {
  test(`${machine}: a payload with one wrong number is not loaded`, { skip }, () => {
    const containers = [whole, ...changes.map(changed), { ...whole, name: "last" }];
    const seen = runStore(machine, containers, { forMs: 20, inputs: [asked] });
    assert.equal(seen.exit, 0);
    const indices = seen.messages.flatMap((each) =>
      each.kind === "started" ? [each.container] : [],
    );
    assert.deepEqual(
      indices.map((index) => containers[index]!.name),
      ["whole", "last"],
    );
    assert.deepEqual(started(seen), ["whole", "whole"]);
  });

  test(`${machine}: what the stack does not hold is not loaded`, { skip }, () => {
    const sized = (name: string, globals: number, stackBytes: number | null): StoredContainer =>
      stored({ name, globals: Array<number>(globals).fill(1), stackBytes, code: "start: bx lr" });
    const containers = [
      sized("fits", 900, 96),
      sized("fits-unbounded", 960, null),
      sized("stack-more", 0, 3900),
      sized("globals-more", 980, 0),
      sized("globals-huge", 8000, 0),
      sized("globals-more-unbounded", 980, null),
      sized("globals-huge-unbounded", 8000, null),
      sized("last", 0, 0),
    ];
    const seen = runStore(machine, containers, { forMs: 20, inputs: [asked] });
    assert.equal(seen.exit, 0);
    assert.deepEqual(started(seen), ["fits", "fits-unbounded", "last"]);
  });

  test(`${machine}: what the journal does not vouch for is not loaded`, { skip }, () => {
    const good = storeImage([whole]);
    const broken = (offset: number): Uint8Array => {
      const bytes = Uint8Array.from(good);
      bytes[offset]! ^= 1;
      return bytes;
    };
    assert.deepEqual(started(runBytes(machine, good)), ["whole"]);
    const record = 16;
    const slot = 0x8000;
    for (const offset of [0, 4, 12, record, record + 4, record + 28, slot + 150, slot + 160])
      assert.deepEqual(started(runBytes(machine, broken(offset))), [], `byte ${offset}`);
    const empty = new Uint8Array(0x9000).fill(0xff);
    assert.deepEqual(started(runBytes(machine, empty)), []);
  });
}
