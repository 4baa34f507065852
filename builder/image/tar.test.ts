import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isTar, mostTarFiles, readTar, type TarFile, writeTar } from "./tar.js";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function contents(archive: Uint8Array): unknown {
  const read = readTar(archive);
  return "files" in read ? [...read.files].map(([path, bytes]) => ({ path, bytes })) : read;
}

test("what is written is read back, in its order", () => {
  const path = fc.stringMatching(/^[a-z0-9]{1,20}(\/[a-z0-9-]{1,70})?$/);
  const bytes = fc.uint8Array({ maxLength: 1100 });
  const file = fc.record({ path, bytes }, { noNullPrototype: true });
  fc.assert(
    fc.property(fc.uniqueArray(file, { selector: (one) => one.path, maxLength: 5 }), (files) => {
      const archive = writeTar(files);
      assert.equal(archive.length % 512, 0);
      assert.deepEqual(contents(archive), files);
    }),
    { numRuns: 100 },
  );
});

test("a header is that of POSIX: octal texts, a sum of its bytes, nothing of time and owner", () => {
  const archive = writeTar([{ path: "a/b", bytes: bytesOf("hello") }]);
  assert.equal(archive.length, 512 * 4);
  const text = String.fromCharCode(...archive.subarray(0, 512));
  const zeros = (count: number): string => "\0".repeat(count);
  const head = `a/b${zeros(97)}0000644\x000000000\x000000000\x0000000000005\x0000000000000\0`;
  const tail = `0${zeros(100)}ustar\x0000${zeros(64)}0000000\x000000000\0${zeros(167)}`;
  const sum = [...head, ...tail].reduce((total, one) => total + one.charCodeAt(0), 8 * 0x20);
  assert.equal(text, `${head}${sum.toString(8).padStart(6, "0")}\0 ${tail}`);
  assert.ok(isTar(archive));
  assert.ok(!isTar(archive.subarray(0, 256)));
});

test("a path that does not fit is no archive's", () => {
  assert.throws(() => writeTar([{ path: "a".repeat(101), bytes: bytesOf("") }]), RangeError);
});

/** One file of five bytes, its header changed and summed up again. */
function changed(
  edit: (header: Uint8Array) => void,
  files: readonly TarFile[] = [one],
): Uint8Array {
  const archive = writeTar(files);
  const header = archive.subarray(0, 512);
  edit(header);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(bytesOf(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return archive;
}

const one: TarFile = { path: "file", bytes: bytesOf("hello") };
const type = (letter: string) => (header: Uint8Array) => header.set(bytesOf(letter), 156);

test("folders and descriptions are passed over, ./ before a path too; old headers and those of GNU are read", () => {
  const two: TarFile = { path: "other", bytes: bytesOf("!") };
  for (const letter of ["5", "x", "g"])
    assert.deepEqual(contents(changed(type(letter), [one, two])), [two]);
  assert.deepEqual(contents(changed((header) => header.set(bytesOf("./file")))), [one]);
  assert.deepEqual(contents(changed(type("\0"))), [one]);
  assert.deepEqual(contents(changed((header) => header.set(bytesOf("ustar  \0"), 257))), [one]);
  const prefixed = changed((header) => header.set(bytesOf("blobs"), 345));
  assert.deepEqual(contents(prefixed), [{ ...one, path: "blobs/file" }]);
});

test("what would be another file than its header says is refused, with its offset", () => {
  const renamed: TarFile = { path: "pax", bytes: bytesOf("12 path=me\n") };
  const mistakes: readonly (readonly [Uint8Array, string, offset: number])[] = [
    [changed(type("2")), 'file is of type "2": neither a file nor a folder', 0],
    [changed(type("L")), 'file is of type "L": neither a file nor a folder', 0],
    [
      changed(type("x"), [renamed, one]),
      "it gives a file another name or size than its header does",
      0,
    ],
    [writeTar([one, one]), "there is a second file", 1024],
    [
      changed((header) => header.set(bytesOf("abc"), 124)),
      "the size of a file is no octal number",
      0,
    ],
    [changed((header) => (header[124] = 0x80)), "the size of a file is no octal number", 0],
    [
      changed((header) => header.set(bytesOf("77777777777"), 124)),
      "file has 8589934591 bytes, but there are 1536",
      0,
    ],
    [changed((header) => header.fill(0, 257, 265)), "this is no tar archive of the kind ustar", 0],
    [bytesOf("x".repeat(512)), "the checksum of a header is wrong", 0],
    [bytesOf("x"), "it ends too early", 0],
    [new Uint8Array(0), "it ends too early", 0],
    [writeTar([one]).subarray(0, 1024), "it ends too early", 1024],
    [new Uint8Array(2 ** 26 + 1), "it has 67108865 bytes, more than 67108864", 0],
  ];
  for (const [archive, problem, offset] of mistakes)
    assert.deepEqual(contents(archive), { problem, offset });
});

test("the number of files has a bound", () => {
  const files = Array.from({ length: mostTarFiles + 1 }, (_, index) => ({
    path: `f${index}`,
    bytes: new Uint8Array(0),
  }));
  assert.ok("files" in readTar(writeTar(files.slice(1))));
  assert.deepEqual(contents(writeTar(files)), {
    problem: "it holds more than 1024 files",
    offset: 1024 * 512,
  });
});
