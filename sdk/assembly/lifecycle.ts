import { lifecycle_confirm } from "./contract";

/**
 * Says that this version of the app does its work: call it where that is known, such as after the first good reading. With
 * `"health": { "confirm": true }` in thimble.json a new version that has not said so when its trial ends goes, and the one before it comes back.
 * At any other time it does nothing.
 */
// @ts-ignore: decorator
@inline
export function confirm(): void {
  lifecycle_confirm();
}
