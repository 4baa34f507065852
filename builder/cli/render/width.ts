const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const zero = /\p{Mark}|[\u200b-\u200f\u2060\ufeff]/u;
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

function pointWidth(point: string): number {
  if (point <= "~") return 1;
  if (zero.test(point)) return 0;
  return wide.test(point) ? 2 : 1;
}

/** Columns a text takes in a terminal. The text must hold no escape sequences. */
export function textWidth(text: string): number {
  let width = 0;
  for (const point of text) width += pointWidth(point);
  return width;
}

/** The text in at most `columns` columns; what is cut off leaves an ellipsis. */
export function cut(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let width = 0;
  for (const point of text) {
    width += pointWidth(point);
    if (width > columns - 1) break;
    kept += point;
  }
  return kept + "…";
}

/** The text in exactly `columns` columns: cut or filled with blanks on the right. */
export function fit(text: string, columns: number): string {
  const short = cut(text, columns);
  return short + " ".repeat(Math.max(0, columns - textWidth(short)));
}

/** The text in exactly `columns` columns, filled with blanks on the left. */
export function fitRight(text: string, columns: number): string {
  const short = cut(text, columns);
  return " ".repeat(Math.max(0, columns - textWidth(short))) + short;
}

/**
 * What an app or a file says, made safe for a terminal: control and direction characters become `\xNN` or `\u{NNNN}`,
 * so that no container can move the cursor or rewrite a line.
 */
export function printable(text: string): string {
  return text.replace(control, (point) => {
    const code = point.codePointAt(0)!;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}
