/** Colours for a terminal, or the text as it is. Only the eight basic colours, so that every theme keeps it readable. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  cyan(text: string): string;
}

function paint(open: number, close: number): (text: string) => string {
  return (text) => (text === "" ? "" : `\x1b[${open}m${text}\x1b[${close}m`);
}

/** What a terminal understands. */
export const colours: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  yellow: paint(33, 39),
  green: paint(32, 39),
  cyan: paint(36, 39),
};

const same = (text: string): string => text;
/** The text as it is. */
export const plain: Style = {
  bold: same,
  dim: same,
  red: same,
  yellow: same,
  green: same,
  cyan: same,
};

/**
 * Whether to colour: FORCE_COLOR (not "0" or "false") wins over NO_COLOR (not empty), as in Node itself;
 * otherwise only a terminal that is not "dumb" gets colours.
 */
export function wantsColour(
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const force = env["FORCE_COLOR"];
  if (force !== undefined) return force !== "0" && force !== "false";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  return isTerminal && env["TERM"] !== "dumb";
}
