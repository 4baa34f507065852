import type { Row } from "./row.js";
import { silentNumbers } from "./silent-numbers.js";
import { silentValues } from "./silent-values.js";

/** Everything that compiles and acts otherwise than in JavaScript, and that a person should know of. */
export const silent: readonly Row[] = [...silentNumbers, ...silentValues];
