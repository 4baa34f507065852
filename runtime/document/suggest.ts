/** Longer words are not compared: they are no slips of the finger. */
const longestWord = 64;

/**
 * Edit distance: insertions, deletions, replacements and swaps of neighbours, each counted once
 * (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforeLast[j - 2]! + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * The candidate that was most likely meant by `word`; undefined where none is near (more than a third of
 * the longer word differs) or two are equally near. Case counts for nothing.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longestWord) return undefined;
  let found: string | undefined;
  let foundDistance = Infinity;
  for (const candidate of new Set(candidates)) {
    if (candidate.length > longestWord) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance > Math.max(word.length, candidate.length) / 3 || distance > foundDistance)
      continue;
    found = distance < foundDistance ? candidate : undefined;
    foundDistance = distance;
  }
  return found;
}
