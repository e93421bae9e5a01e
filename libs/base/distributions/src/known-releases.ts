import { namespaceFamily } from '@clarion/model';
import { releaseOf } from './find-distribution';
import { distributions } from './rows';

/**
 * How a release relates to the known ones (those with a recorded end of support). `unlisted`: it may be newer than the
 * table, or older than its start. `none`: it does not exist and will not soon.
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
 * Whether the release of a well-formed namespace id exists. Besides those of the table, accepted are releases one step
 * from one of them (the next number, the next minor number, for years the next two) and releases older than all. A
 * family that is not in the table has any release.
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
