import { existsSync } from "node:fs";
import { packagePath } from "../../helpers/root.js";

/** A program `run(n)` that returns a checksum. */
export interface Workload {
  readonly name: string;
  /** Rounds. */
  readonly n: number;
  readonly checksum: number;
  /** The C source, absolute: of the native baseline, and of the module unless `module` is there. */
  readonly source: string;
  /** The module where it is kept, absolute. */
  readonly module?: string;
}

const shared = packagePath("..", "shared", "bench");
const own = packagePath("test", "bench", "workloads");

/** Beside the repository, each with its checksum as its README states it; built by clang when they are there. */
const given: readonly Omit<Workload, "source">[] = [
  { name: "crc32", n: 1000, checksum: 3226608287 },
  { name: "thermo_i32", n: 10000, checksum: 3096739225 },
  { name: "matmul", n: 10, checksum: 108621580 },
  { name: "statemach", n: 10000, checksum: 3319205952 },
];

/** Ours. The first is in AssemblyScript too, and its module comes from there. Checksums are those of gcc -O2. */
const ours: readonly Omit<Workload, "source">[] = [
  { name: "filter", n: 1000, checksum: 2090641806 },
  { name: "floats", n: 1000, checksum: 2047716654 },
  { name: "sha256", n: 1, checksum: 2612374954 },
  { name: "hash64", n: 2000, checksum: 3278164591 },
];

export const workloads: readonly Workload[] = [
  ...given
    .map((item) => ({ ...item, source: `${shared}/${item.name}.c` }))
    .filter(({ source }) => existsSync(source)),
  ...ours.map((item) => ({
    ...item,
    source: `${own}/${item.name}.c`,
    module: `${own}/${item.name}.wasm`,
  })),
];
