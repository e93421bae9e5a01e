import { isCve } from './clusters';
import { sortedTexts } from './order';

/** Pages about a vulnerability that follow from its id: derived here, so that no feed has to store them a row. */
const pages: readonly (readonly [speaks: (id: string, feeds: ReadonlySet<string>) => boolean, base: string])[] = [
  [(_, feeds) => feeds.has('debian-security-tracker'), 'https://security-tracker.debian.org/tracker/'],
  [(_, feeds) => feeds.has('alpine-secdb'), 'https://security.alpinelinux.org/vuln/'],
  [isCve, 'https://nvd.nist.gov/vuln/detail/'],
  [(id) => id.startsWith('GHSA-'), 'https://github.com/advisories/'],
];

/** All links of a finding: derived pages and what feeds gave, web addresses only, sorted. */
export function linksOf(id: string, feeds: ReadonlySet<string>, stated: readonly string[]): readonly string[] {
  const derived = pages.flatMap(([speaks, base]) => (speaks(id, feeds) ? [base + encodeURIComponent(id)] : []));
  return sortedTexts([...derived, ...stated.filter((link) => /^https?:\/\//.test(link))]);
}
