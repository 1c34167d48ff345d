/** Returns the candidate that `word` is most likely a slip of: another case, `_` for `-`, one or two letters off. Pure. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll('_', '-');
  const ranked = candidates
    .map((candidate) => ({ candidate, steps: distance(plain(word), plain(candidate)) }))
    .filter(({ candidate, steps }) => steps <= (candidate.length < 5 ? 1 : 2))
    .sort((a, b) => a.steps - b.steps);
  return ranked[0]?.candidate;
}

/** Returns the word that is meant, in whatever case. */
export const wordOf = <T extends string>(value: string, words: readonly T[]): T | undefined =>
  words.find((word) => word.toLowerCase() === value.toLowerCase());

/** `; did you mean "x"?`, or nothing. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const found = closest(word, candidates);
  return found === undefined ? '' : `; did you mean "${found}"?`;
}

/** Pure: Levenshtein's, with two letters changed about as one step; infinite where the lengths alone are further apart than a slip. */
export function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const steps = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(swapped ? Math.min(steps, (before[j - 2] ?? 0) + 1) : steps);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? Number.POSITIVE_INFINITY;
}
