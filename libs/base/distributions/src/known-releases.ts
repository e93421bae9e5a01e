import { namespaceFamily } from '@clarion/model';
import { releaseOf } from './find-distribution';
import { distributions } from './rows';

/**
 * How a release stands to the ones that are known (those of which the end of support is recorded). `unlisted`: it may have come after the
 * table, or before it begins. `none`: there is none and will be none soon.
 */
export type ReleaseStanding = 'known' | 'unlisted' | 'none';

type Numbers = readonly [major: number, minor: number | undefined];

interface Family {
  readonly names: ReadonlySet<string>;
  readonly numbers: readonly Numbers[];
}

const families: ReadonlyMap<string, Family> = new Map(
  distributions.map(({ family, support }) => {
    const names = Object.keys(support.releases);
    return [
      family,
      { names: new Set(names), numbers: names.map(numbersOf).filter((numbers) => numbers !== undefined) },
    ];
  }),
);

/**
 * Whether there is a release that a namespace id of a right form names. Beside those of the table there may be what is
 * one step from one of them (the next number, the next minor number, of years the next two) and what is older than all.
 * A family that the table does not have has any release.
 */
export function standingOf(namespace: string): ReleaseStanding {
  const family = families.get(namespaceFamily(namespace));
  const release = releaseOf(namespace);
  if (family === undefined || family.names.has(release)) return 'known';
  const numbers = numbersOf(release);
  return numbers !== undefined && mayBe(numbers, family.numbers) ? 'unlisted' : 'none';
}

/** Namespace ids of the known releases of a family. */
export function knownReleases(family: string): readonly string[] {
  return [...(families.get(family)?.names ?? [])].map((name) => (name === '' ? family : `${family}:${name}`));
}

function mayBe([major, minor]: Numbers, known: readonly Numbers[]): boolean {
  const minors = known.map(([, one]) => one);
  const isNext = known.some(([knownMajor, knownMinor]) => {
    if (major === knownMajor) return minor === (knownMinor ?? 0) + 1;
    const steps = isYear(knownMajor) ? 2 : 1;
    return major > knownMajor && major <= knownMajor + steps && (minor === 0 || minors.includes(minor));
  });
  return isNext || known.every(([knownMajor]) => major < knownMajor);
}

function isYear(major: number): boolean {
  return major >= 2000;
}

function numbersOf(release: string): Numbers | undefined {
  const [, major, minor] = /^v?(\d{1,4})(?:\.(\d{1,3}))?$/.exec(release) ?? [];
  return major === undefined ? undefined : [Number(major), minor === undefined ? undefined : Number(minor)];
}
