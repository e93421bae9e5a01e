export type Comparator<T> = (a: T, b: T) => number;

/** Code unit order: no locale, so that every machine sorts the same. An absent text comes first. */
export function compareText(a: string | null | undefined, b: string | null | undefined): number {
  const left = a ?? '';
  const right = b ?? '';
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Orders by the given texts of both sides; the first difference decides. */
export function byTexts<T>(...texts: readonly ((item: T) => string | null | undefined)[]): Comparator<T> {
  return (a, b) => {
    for (const text of texts) {
      const order = compareText(text(a), text(b));
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Sorted copy without repeated texts. */
export function sortedTexts(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort(compareText);
}
