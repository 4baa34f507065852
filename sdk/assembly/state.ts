import { state_bind } from "./contract";

/**
 * What the next version of the app goes on with: the one object of a class of numbers and bools. Its fields have their defaults at a first start; after
 * a swap each has the value that the field of the same name and type had in the version before.
 *
 *     class State { targetMilliC: i32 = 21_000; heating: bool = false; }
 *     const state = persistent<State>();
 *
 * Once an app, at the top level of a module. The builder refuses other fields, base classes and a second object of the class. It costs no heap.
 */
// @ts-ignore: decorator
@inline
export function persistent<T>(): T {
  const address = memory.data(offsetof<T>(), 8);
  // @ts-ignore: the builder gives the class this method, which sets each field to its default.
  changetype<T>(address).__setDefaults();
  state_bind(address, <u32>offsetof<T>());
  return changetype<T>(address);
}

/**
 * Names that a field of the state had in earlier versions, under which it finds its value at a swap:
 *
 *     @was("target") targetMilliC: i32 = 21_000;
 *
 * The type has to be the same. The builder reads it; it never reaches a container.
 */
export function was(...names: string[]): (target: object, field: string) => void {
  unreachable();
}
