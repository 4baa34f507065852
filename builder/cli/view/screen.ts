/** Where a screen goes. */
export interface ScreenOutput {
  write(text: string): void;
}

/**
 * The alternate screen of a terminal: shows lines, and sends only those that changed, in one write. `close` gives
 * the terminal back as it was, and may be called twice.
 */
export class Screen {
  #shown: string[] = [];
  #open = false;

  constructor(readonly output: ScreenOutput) {}

  open(): void {
    this.#open = true;
    this.#shown = [];
    this.output.write("\x1b[?1049h\x1b[?25l\x1b[2J");
  }

  /** The size changed: what stands on the screen is not known any more. */
  forget(): void {
    this.#shown = [];
    if (this.#open) this.output.write("\x1b[2J");
  }

  /** `lines` fit the terminal. */
  show(lines: readonly string[]): void {
    if (!this.#open) return;
    let text = "";
    for (let row = 0; row < Math.max(lines.length, this.#shown.length); row++) {
      const line = lines[row] ?? "";
      if (line !== (this.#shown[row] ?? "")) text += `\x1b[${row + 1};1H${line}\x1b[K`;
    }
    this.#shown = [...lines];
    if (text !== "") this.output.write(text);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.output.write("\x1b[?25h\x1b[?1049l");
  }
}
