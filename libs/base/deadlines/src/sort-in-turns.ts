import { createTurns, type WorkTurns } from './turns';

/** Number of items that are sorted at once: some milliseconds. */
const itemsAtOnce = 2000;

/**
 * A sorted copy, like `toSorted`, for a server that answers callers meanwhile: a list of 100,000 takes some hundred
 * milliseconds.
 */
export async function sortInTurns<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  turns: WorkTurns = createTurns(),
): Promise<readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += itemsAtOnce) {
    if (turns.isOver()) await turns.next();
    runs.push(items.slice(start, start + itemsAtOnce).sort(compare));
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let at = 0; at < runs.length; at += 2) {
      merged.push(await merge([runs[at] ?? [], runs[at + 1] ?? []], compare, turns));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

/** For equal items, the left one comes first. */
async function merge<T>(
  [left, right]: readonly [readonly T[], readonly T[]],
  compare: (a: T, b: T) => number,
  turns: WorkTurns,
): Promise<readonly T[]> {
  const merged: T[] = [];
  let [ofLeft, ofRight] = [0, 0];
  while (ofLeft < left.length && ofRight < right.length) {
    if (merged.length % itemsAtOnce === 0 && turns.isOver()) await turns.next();
    const [a, b] = [left[ofLeft] as T, right[ofRight] as T];
    if (compare(a, b) <= 0) {
      merged.push(a);
      ofLeft += 1;
    } else {
      merged.push(b);
      ofRight += 1;
    }
  }
  return [...merged, ...left.slice(ofLeft), ...right.slice(ofRight)];
}
