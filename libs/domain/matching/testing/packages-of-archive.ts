import { readFileSync } from 'node:fs';
import { feedSources } from '@clarion/feed-sources';
import type { AdvisoryGroup } from '@clarion/model';

/** All that a real feed source reads of a real archive, by package. */
export async function packagesOfArchive(
  feed: string,
  { name, file }: { readonly name: string; readonly file: string },
): Promise<ReadonlyMap<string, readonly AdvisoryGroup[]>> {
  const source = feedSources.find(({ id }) => id === feed);
  const packages = new Map<string, AdvisoryGroup[]>();
  const body = (async function* () {
    yield await Promise.resolve(readFileSync(file));
  })();
  for await (const record of source?.parse({ name, body }) ?? []) {
    if (record.kind !== 'group') continue;
    packages.set(record.group.package, [...(packages.get(record.group.package) ?? []), record.group]);
  }
  return packages;
}
