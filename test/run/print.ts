/** Writes a line. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The time since `startMs`, a reading of performance.now(). */
export function seconds(startMs: number): string {
  return `${((performance.now() - startMs) / 1000).toFixed(1)} s`;
}

/** One line of the overview: what ran, how it went, how long it took. */
export function row(name: string, outcome: string, startMs: number): string {
  return `${name.padEnd(28)} ${outcome.padEnd(30)} ${seconds(startMs).padStart(8)}`;
}
