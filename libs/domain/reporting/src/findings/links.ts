import { distributionOf } from '@clarion/distributions';
import { isCveId, sortedTexts } from '@clarion/model';

/** Pages about vulnerabilities by the form of their ids, so that no feed has to store them in each row. */
const pages: readonly { readonly isId: (id: string) => boolean; readonly base: string; readonly suffix?: string }[] = [
  { isId: isCveId, base: 'https://nvd.nist.gov/vuln/detail/' },
  { isId: starting(/^GHSA-/), base: 'https://github.com/advisories/' },
  { isId: starting(/^GO-/), base: 'https://pkg.go.dev/vuln/' },
  { isId: starting(/^RUSTSEC-/), base: 'https://rustsec.org/advisories/', suffix: '.html' },
  { isId: starting(/^(?:PYSEC|MAL)-/), base: 'https://osv.dev/vulnerability/' },
];

/** What the links of a finding follow from. */
export interface LinkSources {
  /** Namespaces of the advisories about it, those of the user's own feeds left out. */
  readonly namespaces: readonly string[];
  /** Links that feeds state. */
  readonly stated: readonly string[];
}

/** All links of a finding: derived pages and what feeds gave, web addresses only, sorted. */
export function linksOf(id: string, { namespaces, stated }: LinkSources): readonly string[] {
  const ofDistributions = namespaces.flatMap((namespace) => distributionOf(namespace)?.page ?? []);
  const derived = [
    ...pages.filter(({ isId }) => isId(id)),
    ...ofDistributions.filter(({ anyId }) => anyId === true || isCveId(id)),
  ].map(({ base, suffix = '' }) => `${base}${encodeURIComponent(id)}${suffix}`);
  return sortedTexts([...derived, ...stated.filter((link) => /^https?:\/\//.test(link))]);
}

function starting(pattern: RegExp): (id: string) => boolean {
  return (id) => pattern.test(id);
}
