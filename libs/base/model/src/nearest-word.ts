const longestWord = 64;

/**
 * The known word that a mistyped one most likely means, whatever its case. Undefined when none is near enough: within
 * `mostMistakes`, and one mistake per three letters.
 */
export function nearestWord(typed: string, known: Iterable<string>, mostMistakes = 2): string | undefined {
  if (typed === '' || typed.length > longestWord) return undefined;
  const mistakes = Math.min(mostMistakes, Math.floor(typed.length / 3));
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const word of known) {
    const distance = editDistance(typed.toLowerCase(), word.toLowerCase());
    if (distance <= mistakes && distance < (best?.distance ?? Infinity)) best = { word, distance };
  }
  return best?.word;
}

/** Number of missing, extra or wrong letters, or letters swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isSwapped ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    [before, last] = [last, next];
  }
  return last[b.length] ?? 0;
}
