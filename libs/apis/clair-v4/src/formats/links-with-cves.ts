import type { Finding } from '@clarion/model';

const cvePage = 'https://www.cve.org/CVERecord?id=';

/** Separated by blanks, with each CVE id: clients look for these ids in the links. */
export function linksWithCves({ id, aliases, links }: Pick<Finding, 'id' | 'aliases' | 'links'>): string {
  const known = links.map((link) => link.replace(/\s/g, encodeURIComponent));
  const cves = [id, ...aliases].filter((one) => /^CVE-\d{4}-\d{4,}$/.test(one));
  const missing = [...new Set(cves)].filter((cve) => !known.some((link) => namesCve(link, cve)));
  return [...known, ...missing.map((cve) => cvePage + cve)].join(' ');
}

/** `CVE-2024-1234` is not named by a link to `CVE-2024-12345`. */
function namesCve(link: string, cve: string): boolean {
  const at = link.indexOf(cve);
  return at >= 0 && !/\d/.test(link.charAt(at + cve.length));
}
