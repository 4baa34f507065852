import { sha256 } from "../image/digest.js";
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
  const { manifest, file, sizes, digests } = facts;
  report.data({ app: manifest.name, file: file ?? null, sizes, digests, manifest });
  return exitCodes.ok;
}

async function factsOf(report: Report, container: LoadedContainer): Promise<Facts> {
  const { manifest, wasm, file, digests } = container;
  const image = await deviceImageIfAny(report, container);
  return {
    manifest,
    file,
    sizes: {
      moduleBytes: wasm.length,
      payloadBytes: image?.payload.length ?? null,
      codeBytes: image?.codeBytes ?? null,
      stackBytes: image?.stackBytes ?? null,
    },
    digests: {
      module: `sha256:${manifest.wasm.sha256}`,
      payload: image === undefined ? null : `sha256:${await sha256(image.payload)}`,
      image: digests?.image ?? null,
      moduleManifest: digests?.module ?? null,
      payloadManifest: digests?.native ?? null,
    },
  };
}
