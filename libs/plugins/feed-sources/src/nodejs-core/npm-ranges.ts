/** A version as three numbers. */
type Release = readonly [major: number, minor: number, patch: number];

/** Versions from `from` on and below `to`; without `to` all later ones. */
export interface Interval {
  readonly from: Release;
  readonly to?: Release;
}

const comparator = /^(\^|~|>=|<=|>|<|=)?v?(\d{1,6})(?:\.(?:(\d{1,6})|[xX*]))?(?:\.(?:(\d{1,6})|[xX*]))?$/;
const start: Release = [0, 0, 0];

/** Negative, 0 or positive. */
export function compareReleases(a: Release, b: Release): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/**
 * The intervals of a range of npm (https://github.com/npm/node-semver#ranges), sorted, without pre-releases; undefined
 * for anything else. `widened` makes a single version stand for its line from there on, as `^` does.
 */
export function intervalsOf(range: string, { widened = false } = {}): readonly Interval[] | undefined {
  const intervals: Interval[] = [];
  for (const part of range.split('||')) {
    // An operator may stand apart from its version.
    const words = part
      .replace(/([<>=^~])\s+/g, '$1')
      .trim()
      .split(/\s+/);
    const all = words.map((word) => intervalOf(word, widened));
    if (!all.every((one) => one !== undefined)) return undefined;
    const common = all.reduce(intersection);
    if (common.to === undefined || compareReleases(common.from, common.to) < 0) intervals.push(common);
  }
  return intervals.sort((a, b) => compareReleases(a.from, b.from));
}

function intervalOf(word: string, widened: boolean): Interval | undefined {
  const [, operator = '', ...numbers] = comparator.exec(word) ?? [];
  const [major, minor, patch] = (numbers as readonly (string | undefined)[]).map(numberOf);
  if (major === undefined) return undefined;
  const from: Release = [major, minor ?? 0, patch ?? 0];
  const nextMajor: Release = [major + 1, 0, 0];
  const nextMinor: Release = minor === undefined ? nextMajor : [major, minor + 1, 0];
  const after: Release = minor === undefined || patch === undefined ? nextMinor : [major, minor, patch + 1];
  // Before 1.0.0, minor versions are the lines.
  const line = major === 0 ? nextMinor : nextMajor;
  switch (operator) {
    case '^':
      return { from, to: line };
    case '~':
      return { from, to: nextMinor };
    case '>=':
      return { from };
    case '>':
      return { from: after };
    case '<':
      return { from: start, to: from };
    case '<=':
      return { from: start, to: after };
    default:
      return { from, to: widened ? line : after };
  }
}

/** A group that matched nothing is undefined. */
function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function intersection(a: Interval, b: Interval): Interval {
  const from = compareReleases(a.from, b.from) >= 0 ? a.from : b.from;
  const [first, second] = [a.to, b.to];
  if (first === undefined || second === undefined) {
    const to = first ?? second;
    return to === undefined ? { from } : { from, to };
  }
  return { from, to: compareReleases(first, second) <= 0 ? first : second };
}
