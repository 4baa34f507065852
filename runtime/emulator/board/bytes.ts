/** Two digits for each byte, made once: a traced run of a year spells millions of them. */
const digits: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).toUpperCase().padStart(2, "0"),
);

/** Two digits. */
export function byteText(byte: number): string {
  return digits[byte] as string;
}

/** Each byte as a blank and two digits. */
export function bytesText(bytes: ArrayLike<number>): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += ` ${digits[bytes[i] as number]}`;
  return text;
}
