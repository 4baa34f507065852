/** Of the watchdog's scratch registers, the one in which firmware notes whose event it runs (runtime/ports/rp2040/watchdog.c). */
const noteRegister = 0;
/** Of the note: the place of the container and one, 0 if it runs none (runtime/ports/cortex-m/native.h). */
const runnerMask = 0xff;

/** How long the events of each container take, from what firmware notes for its own next life. A collection after an event counts by itself. */
export class EventTimes {
  readonly #longestNs: number[] = [];
  #running: { readonly place: number; readonly fromNs: number } | undefined;

  /** Firmware has written a scratch register. */
  note(register: number, word: number, ns: number): void {
    if (register !== noteRegister) return;
    const running = this.#running;
    if (running !== undefined) {
      const { place, fromNs } = running;
      this.#longestNs[place] = Math.max(this.#longestNs[place] ?? 0, ns - fromNs);
    }
    const runner = word & runnerMask;
    this.#running = runner === 0 ? undefined : { place: runner - 1, fromNs: ns };
  }

  /** The chip starts anew. */
  restart(): void {
    this.#running = undefined;
  }

  /** The longest event in a place in microseconds; undefined if there was none. */
  longestUs(place: number): number | undefined {
    const ns = this.#longestNs[place];
    return ns === undefined ? undefined : ns / 1000;
  }
}
