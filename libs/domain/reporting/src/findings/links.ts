import { isCve } from '@clarion/matching';
import { sortedTexts } from '@clarion/model';

/** A page about a vulnerability that follows from its id: derived here, so that no feed has to store it a row. */
interface Page {
  /** Only where one of these feeds speaks; any unless stated. */
  readonly feeds?: readonly string[];
  /** Only for such ids; CVEs unless stated. */
  readonly ids?: RegExp;
  readonly base: string;
  readonly suffix?: string;
}

const anyId = /./;

const pages: readonly Page[] = [
  { base: 'https://nvd.nist.gov/vuln/detail/' },
  { ids: /^GHSA-/, base: 'https://github.com/advisories/' },
  { ids: /^GO-/, base: 'https://pkg.go.dev/vuln/' },
  { ids: /^RUSTSEC-/, base: 'https://rustsec.org/advisories/', suffix: '.html' },
  { ids: /^(?:PYSEC|MAL)-/, base: 'https://osv.dev/vulnerability/' },
  { feeds: ['debian-security-tracker'], ids: anyId, base: 'https://security-tracker.debian.org/tracker/' },
  { feeds: ['alpine-secdb'], ids: anyId, base: 'https://security.alpinelinux.org/vuln/' },
  { feeds: ['ubuntu', 'ubuntu-cve-tracker'], base: 'https://ubuntu.com/security/' },
  { feeds: ['redhat-vex', 'redhat-security-data'], base: 'https://access.redhat.com/security/cve/' },
  { feeds: ['oracle-oval'], base: 'https://linux.oracle.com/cve/', suffix: '.html' },
  { feeds: ['amazon-linux'], base: 'https://explore.alas.aws.amazon.com/', suffix: '.html' },
  { feeds: ['suse'], base: 'https://www.suse.com/security/cve/', suffix: '.html' },
  { feeds: ['arch-security'], base: 'https://security.archlinux.org/' },
];

/** All links of a finding: derived pages and what feeds gave, web addresses only, sorted. */
export function linksOf(id: string, feeds: ReadonlySet<string>, stated: readonly string[]): readonly string[] {
  const derived = pages
    .filter((page) => page.feeds?.some((feed) => feeds.has(feed)) !== false)
    .filter(({ ids }) => (ids === undefined ? isCve(id) : ids.test(id)))
    .map(({ base, suffix = '' }) => `${base}${encodeURIComponent(id)}${suffix}`);
  return sortedTexts([...derived, ...stated.filter((link) => /^https?:\/\//.test(link))]);
}
