import assert from "node:assert/strict";
import { test } from "node:test";
import { GDBConnection, GDBServer } from "rp2040js";
import { bare, BareBoard, op } from "../../../test/helpers/bare-board.js";

/** A debugger's end of the protocol: what it sends, and the payloads that came back. */
function connect(board: BareBoard): { send(command: string): string; heard: string[] } {
  const heard: string[] = [];
  const server = new GDBServer(board.pico);
  const connection = new GDBConnection(server, (text) =>
    heard.push(...[...text.matchAll(/\$([^#]*)#/g)].map((match) => match[1]!)),
  );
  const send = (command: string): string => {
    const before = heard.length;
    const sum = [...command].reduce((total, letter) => total + letter.charCodeAt(0), 0) & 255;
    connection.feedData(`$${command}#${sum.toString(16).padStart(2, "0")}`);
    return heard.slice(before).join();
  };
  return { send, heard };
}

const program = [op("movsImm", 0, 1), op("movsImm", 0, 2), op("movsImm", 0, 3), 0xe7fe];

test("a breakpoint in memory stops the board there, and it goes on afterwards", () => {
  const board = new BareBoard(program);
  const { send, heard } = connect(board);
  assert.equal(send(`M${(bare.code + 2).toString(16)},2:00be`), "OK");
  send("vCont;c");
  board.pico.run(1e6);
  assert.equal(board.pico.executing, false);
  assert.equal(board.registers[15], bare.code + 2);
  assert.match(heard.at(-1)!, /^T05|^S05/);
  const stoppedNs = board.pico.nowNs;
  board.pico.run(2e6);
  assert.equal(board.pico.nowNs, stoppedNs, "time stands still");
  assert.equal(send(`M${(bare.code + 2).toString(16)},2:0220`), "OK");
  assert.match(send("vCont;s"), /^T05.*00:02000000/);
  assert.equal(board.registers[15], bare.code + 4);
  send("vCont;c");
  board.pico.run(3e6);
  assert.equal(board.registers[0], 3);
});

test("a debugger reads registers and memory, and may write flash", () => {
  const board = new BareBoard(program);
  const { send } = connect(board);
  board.registers[3] = 0x1234_5678;
  assert.equal(send("p3"), "78563412");
  assert.equal(send(`m${bare.code.toString(16)},4`), "01200220");
  assert.equal(send("M10000400,2:00be"), "OK");
  assert.deepEqual([...board.pico.flash.bytes.subarray(0x400, 0x402)], [0x00, 0xbe]);
});
