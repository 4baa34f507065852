/** What the architecture answers with a HardFault; the core catches it. */
export class Fault {}

/** The only one: it carries nothing, as on ARMv6-M. */
export const fault: Fault = new Fault();
