/** Words of other languages, and what JSON has for them. */
export const foreignWords: Readonly<Record<string, string>> = {
  True: "Write true",
  False: "Write false",
  None: "Write null",
  undefined: "Leave the field out, or write null",
  NaN: "JSON has no such number; leave the field out",
  Infinity: "JSON has no such number; leave the field out",
};

/** Quotes of other languages, and those that word processors make. */
export function isQuote(character: string): boolean {
  return character !== "" && "'`“”„‘’".includes(character);
}

/** How a number that JSON does not know is to be written. */
export function numberHint(written: string): string {
  if (/^0[xXbBoO]/.test(written))
    return `Write "${written}", with quotes, if a text is wanted here; JSON has decimal numbers only.`;
  if (/Infinity|NaN/.test(written)) return "JSON has no such number; leave the field out.";
  const plain = /^\+?(-?)0*(\d*)\.?(\d*)$/.exec(written.replaceAll("_", ""));
  if (plain === null || plain[2] + plain[3]! === "")
    return "Write digits, with a point before the decimals.";
  const [, sign, whole, fraction] = plain;
  return `Write ${sign}${whole === "" ? "0" : whole}${fraction === "" ? "" : `.${fraction}`}.`;
}
