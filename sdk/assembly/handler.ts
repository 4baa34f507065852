// The builder resolves this import to a constant; it never reaches a container.
// @ts-ignore: decorator
@external("builder", "handler")
declare function tableIndex(functionObject: usize): u32;

/** The handler the runtime knows a function by: its index in the container's table `event`. */
// @ts-ignore: decorator
@inline
export function handlerOf<T>(fn: T): u32 {
  return tableIndex(changetype<usize>(fn));
}
