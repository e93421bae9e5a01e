import type { Advisory, AdvisoryGroup } from '@clarion/model';
import type { OsvAdvisory } from './osv-record';

/**
 * Groups the advisories of one record by package. Databases that can write only one range per entry repeat the entry
 * for each range. Such entries become one advisory, because a version outside one range may be in the next.
 */
export function osvGroups(
  entries: readonly OsvAdvisory[],
  of: Pick<AdvisoryGroup, 'feed' | 'document'>,
): readonly AdvisoryGroup[] {
  const groups = new Map<string, { readonly first: OsvAdvisory; readonly advisories: Map<string, Advisory> }>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.rules.namespace, entry.package, entry.rules.scheme]);
    const group = groups.get(key) ?? { first: entry, advisories: new Map<string, Advisory>() };
    groups.set(key, group);
    const facts = factsBesideVersions(entry.advisory);
    const before = group.advisories.get(facts);
    group.advisories.set(facts, before === undefined ? entry.advisory : joined(before, entry.advisory));
  }
  return [...groups.values()].map(({ first, advisories }) => ({
    namespace: first.rules.namespace,
    package: first.package,
    feed: of.feed,
    document: of.document,
    nameKind: first.rules.nameKind,
    scheme: first.rules.scheme,
    advisories: [...advisories.values()],
  }));
}

function factsBesideVersions(advisory: Advisory): string {
  return JSON.stringify({ ...advisory, state: undefined, ranges: undefined, versions: undefined });
}

function joined(a: Advisory, b: Advisory): Advisory {
  const ranges = [...(a.ranges ?? []), ...(b.ranges ?? [])];
  const versions = [...new Set([...(a.versions ?? []), ...(b.versions ?? [])])];
  return {
    ...a,
    state: a.state === 'fixed' ? a.state : b.state,
    ...(ranges.length === 0 ? {} : { ranges }),
    ...(versions.length === 0 ? {} : { versions }),
  };
}
