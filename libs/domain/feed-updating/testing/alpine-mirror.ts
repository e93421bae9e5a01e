import { feedSources } from '@clarion/feed-sources';
import type { FeedSource } from '@clarion/model';
import type { FeedServer } from '@clarion/test-kit';

/** Fixed vulnerabilities by package and version, as in SecDB. */
export type Secfixes = Readonly<Record<string, Readonly<Record<string, readonly string[]>> | null>>;

/** The feed with this id. */
export function feedNamed(id: string): FeedSource {
  const found = feedSources.find((source) => source.id === id);
  if (found === undefined) throw new Error(id);
  return found;
}

/** A SecDB document, reduced to the fields that are read. */
export function secdb(packages: Secfixes): string {
  return JSON.stringify({
    packages: Object.entries(packages).map(([name, secfixes]) => ({ pkg: { name, secfixes } })),
  });
}

/** `count` packages with one fix each. */
export function many(count: number, version = '1.0-r0'): Secfixes {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`package-${index}`, { [version]: [`CVE-2024-${1000 + index}`] }]),
  );
}

export const openssl = { '3.1.4-r0': ['CVE-2023-5363'], '3.1.4-r1': ['CVE-2023-5678'] };

/** Two Alpine releases; the older one has one repository, as was usual then. */
export function putAlpine(server: FeedServer): void {
  server.put('last-update', '1');
  server.put('v3.2/main.json', secdb({ openssl, zlib: { '0': ['CVE-2023-6992'] } }));
  server.put('v3.20/main.json', secdb({ openssl }));
  server.put('v3.20/community.json', secdb({ jenkins: { '2.0-r0': ['CVE-2024-1'] } }));
}
