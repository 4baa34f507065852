import { parseSourceMap, positionAt, type Position } from "./sourcemap.js";

/** AssemblyScript's name for what is not the user's: its standard library and the SDK. */
const libraryPrefix = "~lib/";

/**
 * The place in the app where a container trapped. `offsets` are code offsets in the container, the innermost call first: the first that lies
 * in the app's own code counts. Where the optimizer has inlined the library and no call is left, it is the nearest place of the
 * app before the first offset.
 */
export function locate(sourceMap: string, ...offsets: readonly number[]): Position | undefined {
  const map = parseSourceMap(sourceMap);
  const own = offsets
    .map((offset) => positionAt(map, offset))
    .find((position) => position && !position.file.startsWith(libraryPrefix));
  if (own) return own;
  const mappings = map.mappings.filter(
    ({ source }) => !map.sources[source]?.startsWith(libraryPrefix),
  );
  return positionAt({ ...map, mappings }, offsets[0] ?? 0);
}
