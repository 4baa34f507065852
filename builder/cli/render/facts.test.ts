import { test } from "node:test";
import { expectGolden } from "../../../test/helpers/golden.js";
import { manifest } from "../../../test/helpers/oci.js";
import { type Facts, renderFacts } from "./facts.js";
import { plain } from "./style.js";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

const whole: Facts = {
  manifest,
  file: "dist/station-2.oci.tar",
  sizes: { moduleBytes: 1234, payloadBytes: 2345, codeBytes: 1500, stackBytes: 96 },
  isOwnPayload: false,
  digests: {
    module: digest("a"),
    payload: digest("b"),
    image: digest("c"),
    moduleManifest: digest("d"),
    payloadManifest: digest("e"),
  },
};

/** A container from before there were health, restart and state, which does nothing and has no machine code. */
const { health: _h, restart: _r, state: _s, ...old } = manifest;
const least: Facts = {
  manifest: { ...old, imports: [], needs: [], settings: [] },
  file: undefined,
  sizes: { moduleBytes: 40, payloadBytes: null, codeBytes: null, stackBytes: null },
  isOwnPayload: null,
  digests: {
    module: digest("a"),
    payload: null,
    image: null,
    moduleManifest: null,
    payloadManifest: null,
  },
};

test("what is known of a container, all of it and the least", () => {
  const texts = [whole, least].map((facts) => renderFacts(facts, plain).join("\n"));
  expectGolden("builder/cli/render/facts.golden.txt", texts.join("\n\n") + "\n");
});
