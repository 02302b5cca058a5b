// "Did you mean": the known word that is a slip of the finger away.

/** The most similar known word, where one is near enough to be a slip of the finger. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const ranked = known.map((name) => ({ name, distance: editDistance(word, name) })).sort((a, b) => a.distance - b.distance);
  return ranked[0] !== undefined && ranked[0].distance <= limit ? ranked[0].name : undefined;
}

// Optimal string alignment: insertion, deletion, substitution, and two neighbours swapped, each one slip of the finger.
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(substitution, swap, (previous[j] as number) + 1, (current[j - 1] as number) + 1));
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] as number;
}
