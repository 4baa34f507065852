/** Drivers. `Driver.on(need)` is how each is made; it takes static memory only, no allocator. */
export { Bme280 } from "./bme280";
export { Button } from "./button";
export { Relay } from "./relay";
export { Tmp102 } from "./tmp102";
