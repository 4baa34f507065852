import { DiagnosticError } from "../../runtime/document/diagnostic.js";
import { sha256 } from "../image/digest.js";
import { nativeImage } from "../image/image.js";
import { loadContainer, type LoadedContainer } from "./container.js";
import { exitCodes, type ExitCode } from "./failure.js";
import { deviceImageIfAny } from "./native.js";
import { type Facts, renderFacts } from "./render/facts.js";
import type { Report } from "./report.js";

/** `thimble inspect` of an app, a container or an image: what its manifest says, sizes and digests. */
export async function inspectContainer(report: Report, path: string): Promise<ExitCode> {
  const container = await loadContainer(report, path);
  const facts = await factsOf(report, container);
  for (const line of renderFacts(facts, report.style)) report.line(line);
  const { manifest, file, sizes, isOwnPayload, digests } = facts;
  report.data({ app: manifest.name, file: file ?? null, sizes, isOwnPayload, digests, manifest });
  return exitCodes.ok;
}

async function factsOf(report: Report, container: LoadedContainer): Promise<Facts> {
  const { manifest, wasm, file, digests } = container;
  const image = await deviceImageIfAny(report, container);
  const own = container.payload && (await compiledHere(container));
  return {
    manifest,
    file,
    sizes: {
      moduleBytes: wasm.length,
      payloadBytes: image?.payload.length ?? null,
      codeBytes: image?.codeBytes ?? null,
      stackBytes: image?.stackBytes ?? null,
    },
    isOwnPayload: image === undefined ? null : own === undefined || isSame(own, image.payload),
    digests: {
      module: `sha256:${manifest.wasm.sha256}`,
      payload: image === undefined ? null : `sha256:${await sha256(image.payload)}`,
      image: digests?.image ?? null,
      moduleManifest: digests?.module ?? null,
      payloadManifest: digests?.native ?? null,
    },
  };
}

/** The payload that this version of thimble compiles from the module; empty where it cannot. */
async function compiledHere({ manifest, wasm }: LoadedContainer): Promise<Uint8Array> {
  try {
    return (await nativeImage(manifest, wasm)).payload;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return new Uint8Array(0);
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
