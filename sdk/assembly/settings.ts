import { settings_watch } from "./contract";
import { handlerOf } from "./handler";

/**
 * Calls `handler` when the owner has changed a setting. The settings themselves are `settings` of "thimble/needs", and
 * always hold the present value.
 */
// @ts-ignore: decorator
@inline
export function onSettingsChange(handler: () => void): void {
  settings_watch(handlerOf(handler));
}
