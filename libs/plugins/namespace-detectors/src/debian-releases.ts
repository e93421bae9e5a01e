import { distributionOf } from '@clarion/distributions';

const codenames = new Map(Object.entries(distributionOf('debian')?.codenames ?? {}));

/** Code name of the present testing suite: to be raised with every Debian release. */
const testing = 'forky';

const stableAliases: ReadonlySet<string> = new Set(['stable', 'oldstable', 'oldoldstable']);

/** What a suite of apt sources stands for; undefined when Debian has no suite of that name. */
export function debianSuite(suite: string): 'unstable' | 'testing' | 'released' | undefined {
  const base = suite.replace(/(?:\/updates|-security|-updates|-backports|-proposed-updates)$/, '');
  if (base === 'sid' || base === 'unstable') return 'unstable';
  if (base === 'testing' || base === testing) return 'testing';
  return codenames.has(base) || stableAliases.has(base) ? 'released' : undefined;
}

/** Namespace of Debian's unstable suite, which has no number. */
export const debianUnstable = 'debian:unstable';

/** Namespace of the present testing suite, under the number that it will be released with. */
export const debianTesting = `debian:${codenames.get(testing) ?? 'unstable'}`;
