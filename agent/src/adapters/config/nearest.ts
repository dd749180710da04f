/** Single-character edits, and swaps of neighbours, that turn one name into the other (optimal string alignment), without regard to case. */
export function editDistance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** Longest name that is compared; what is longer is no misspelling. It bounds the work on hostile input. */
const maxCompared = 64;

/** The known name that looks most like `name`, the first of equals. A name is also compared by what stands after its last dot. */
export function nearestName(name: string, known: readonly string[]): string {
  const shortened = name.slice(0, maxCompared);
  const distance = (candidate: string) =>
    Math.min(editDistance(shortened, candidate), editDistance(shortened, candidate.slice(candidate.lastIndexOf('.') + 1)));
  return known.reduce((best, candidate) => (distance(candidate) < distance(best) ? candidate : best), known[0] ?? '');
}
