import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { lower } from "../../builder/contract/lower.js";
import type { ContractFunction } from "../../builder/contract/model.js";
import { readWit } from "../../builder/contract/wit.js";
import { packagePath } from "../helpers/root.js";

/** The part of @bytecodealliance/jco-transpile/wasm-tools that is used here. */
interface WasmTools {
  componentEmbed(options: {
    witSource: string;
    worldName: string;
    dummy: boolean;
    stringEncoding: "utf16";
  }): Promise<Uint8Array>;
  componentNew(core: Uint8Array): Promise<Uint8Array>;
  print(bytes: Uint8Array): Promise<string>;
}

const folder = process.env["THIMBLE_JCO"];
const skip =
  folder === undefined
    ? "THIMBLE_JCO is not set: the node_modules folder of an installed @bytecodealliance/jco-transpile 0.15.0"
    : false;

const text = readFileSync(packagePath("sdk/wit/thimble.wit"), "utf8");

async function loadTools(): Promise<WasmTools> {
  const path = createRequire(join(folder!, "resolve.js")).resolve(
    "@bytecodealliance/jco-transpile/wasm-tools",
  );
  return (await import(pathToFileURL(path).href)) as WasmTools;
}

/** A core module that imports and exports what the canonical ABI says, without code. */
function embed(tools: WasmTools, witSource: string): Promise<Uint8Array> {
  return tools.componentEmbed({
    witSource,
    worldName: "container",
    dummy: true,
    stringEncoding: "utf16",
  });
}

const { contract } = lower(readWit(text, "thimble.wit").wit!, "thimble.wit");

function ours(): readonly ContractFunction[] {
  return contract!.interfaces.flatMap((item) => item.functions);
}

/**
 * The signature that the canonical ABI gives the function. It differs from ours where a result
 * does not fit one WebAssembly value: then a pointer to the place for it comes last.
 */
function canonicalSignature(item: ContractFunction): string {
  const needsReturnPointer = item.result.kind === "bytes" || item.result.kind === "fallible";
  const params = item.parameters.flatMap(({ type }) => {
    if (type.kind === "list") return ["i32", "i32"];
    return [type.kind === "scalar" && type.name.endsWith("64") ? "i64" : "i32"];
  });
  if (needsReturnPointer) params.push("i32");
  const result = needsReturnPointer ? null : item.flatResult;
  return `${item.interface}.${item.name} (${params.join(" ")}) ${result ?? ""}`.trim();
}

/** The imports of a printed core module, in their order, with their signatures. */
function printedImports(wat: string): string[] {
  const types = [
    ...wat.matchAll(
      /^ {2}\(type \(;\d+;\) \(func(?: \(param ([^)]*)\))?(?: \(result ([^)]*)\))?\)\)$/gm,
    ),
  ].map(([, params, result]) => `(${params ?? ""}) ${result ?? ""}`.trim());
  const imports = wat.matchAll(
    /\(import "[^"]*thimble:device\/([a-z0-9-]+)@[^"]*" "([^"]+)" \(func \(;\d+;\) \(type (\d+)\)\)\)/g,
  );
  return [...imports].map(([, item, name, type]) => `${item}.${name} ${types[Number(type)]}`);
}

test(
  "jco reads the contract and sees every function with the signature of the canonical ABI",
  { skip },
  async () => {
    const tools = await loadTools();
    const wat = await tools.print(await embed(tools, text));
    assert.deepEqual(printedImports(wat), ours().map(canonicalSignature));
    assert.match(wat, /\(export "cm32p2\|\|start" \(func/);
    assert.match(wat, /\(export "cm32p2\|\|event" \(func/);
  },
);

test("jco builds a component of the contract, with every interface", { skip }, async () => {
  const tools = await loadTools();
  const wat = await tools.print(await tools.componentNew(await embed(tools, text)));
  for (const name of new Set(ours().map((item) => item.interface))) {
    assert.ok(
      wat.includes(`(import "thimble:device/${name}@${contract!.version}" (instance`),
      name,
    );
  }
  assert.match(wat, /\(export [^\n]*"start"/);
  assert.match(wat, /\(export [^\n]*"event"/);
});

test("jco refuses what is no WIT", { skip }, async () => {
  const tools = await loadTools();
  await assert.rejects(
    embed(tools, text.replace("pin: pin) -> bool", "pin: pinn) -> bool")),
    /pinn/,
  );
});
