import { distributionOf } from '@clarion/distributions';

const codenames = new Map(Object.entries(distributionOf('debian')?.codenames ?? {}));

/** Code name of the current testing suite: update it with every Debian release. */
const testing = 'forky';

const stableAliases: ReadonlySet<string> = new Set(['stable', 'oldstable', 'oldoldstable']);

/** What a suite in apt sources refers to; undefined if Debian has no suite with that name. */
export function debianSuite(suite: string): 'unstable' | 'testing' | 'released' | undefined {
  const base = suite.replace(/(?:\/updates|-security|-updates|-backports|-proposed-updates)$/, '');
  if (base === 'sid' || base === 'unstable') return 'unstable';
  if (base === 'testing' || base === testing) return 'testing';
  return codenames.has(base) || stableAliases.has(base) ? 'released' : undefined;
}

/** Namespace of Debian's unstable suite, which has no number. */
export const debianUnstable = 'debian:unstable';

/** Namespace of the current testing suite, under the number of its future release. */
export const debianTesting = `debian:${codenames.get(testing) ?? 'unstable'}`;
