/** Code names of Debian's releases. The last one with `testing` becomes stable next. */
const numbers: ReadonlyMap<string, number> = new Map([
  ['etch', 4],
  ['lenny', 5],
  ['squeeze', 6],
  ['wheezy', 7],
  ['jessie', 8],
  ['stretch', 9],
  ['buster', 10],
  ['bullseye', 11],
  ['bookworm', 12],
  ['trixie', 13],
  ['forky', 14],
  ['duke', 15],
]);

/** Code name of the present testing suite: to be raised with every Debian release. */
const testing = 'forky';

const stableAliases: ReadonlySet<string> = new Set(['stable', 'oldstable', 'oldoldstable']);

/** The release number behind a code name. */
export function debianNumber(codename: string): number | undefined {
  return numbers.get(codename);
}

/** What a suite of apt sources stands for; undefined when Debian has no suite of that name. */
export function debianSuite(suite: string): 'unstable' | 'testing' | 'released' | undefined {
  const base = suite.replace(/(?:\/updates|-security|-updates|-backports|-proposed-updates)$/, '');
  if (base === 'sid' || base === 'unstable') return 'unstable';
  if (base === 'testing' || base === testing) return 'testing';
  return numbers.has(base) || stableAliases.has(base) ? 'released' : undefined;
}

/** Namespace of Debian's unstable suite, which has no number. */
export const debianUnstable = 'debian:unstable';

/** Namespace of the present testing suite, under the number that it will be released with. */
export const debianTesting = `debian:${numbers.get(testing) ?? 'unstable'}`;
