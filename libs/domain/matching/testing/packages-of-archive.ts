import { readFileSync } from 'node:fs';
import { feedSources } from '@clarion/feed-sources';
import type { AdvisoryGroup } from '@clarion/model';

/** What a feed source reads of an archive. */
export interface ReadArchive {
  readonly packages: ReadonlyMap<string, readonly AdvisoryGroup[]>;
  /** Ids of withdrawn records. */
  readonly withdrawn: ReadonlySet<string>;
}

/** All that a real feed source reads of a real archive, by package. */
export async function packagesOfArchive(
  feed: string,
  { name, file }: { readonly name: string; readonly file: string },
): Promise<ReadArchive> {
  const source = feedSources.find(({ id }) => id === feed);
  const packages = new Map<string, AdvisoryGroup[]>();
  const withdrawn = new Set<string>();
  const body = (async function* () {
    yield await Promise.resolve(readFileSync(file));
  })();
  for await (const record of source?.parse({ name, body }) ?? []) {
    if (record.kind === 'vulnerability' && record.text.rejected === true) withdrawn.add(record.text.id);
    if (record.kind !== 'group') continue;
    packages.set(record.group.package, [...(packages.get(record.group.package) ?? []), record.group]);
  }
  return { packages, withdrawn };
}
