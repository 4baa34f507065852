/** `read-registers` as `readRegisters`. */
export function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `nak-address` as `NakAddress`. */
export function pascal(name: string): string {
  return camel(`-${name}`);
}

/** `read-registers` as `read_registers`. */
export function snake(name: string): string {
  return name.replaceAll("-", "_");
}

/** `nak-address` as `NAK_ADDRESS`. */
export function constant(name: string): string {
  return snake(name).toUpperCase();
}
