#!/usr/bin/env node
// The command `thimble`. It is not compiled, so that its mode is executable in a fresh clone: older versions of npx
// run the bin of the package they stand in as it lies there.
import "../../dist/builder/cli/main.js";
