import type { Advisory, AdvisoryGroup } from '@clarion/model';
import type { OsvStatement } from './osv-record';

/**
 * Groups the advisories of one record by package. Databases that can write only one range per entry repeat the entry
 * for each range. Such entries become one advisory, because a version outside one range may be in the next.
 */
export function osvGroups(
  statements: readonly OsvStatement[],
  of: Pick<AdvisoryGroup, 'feed' | 'document'>,
): readonly AdvisoryGroup[] {
  const groups = new Map<string, { readonly first: OsvStatement; readonly advisories: Map<string, Advisory> }>();
  for (const statement of statements) {
    const key = JSON.stringify([statement.place.namespace, statement.package, statement.place.scheme]);
    const group = groups.get(key) ?? { first: statement, advisories: new Map<string, Advisory>() };
    groups.set(key, group);
    const said = factsBesideVersions(statement.advisory);
    const before = group.advisories.get(said);
    group.advisories.set(said, before === undefined ? statement.advisory : joined(before, statement.advisory));
  }
  return [...groups.values()].map(({ first, advisories }) => ({
    namespace: first.place.namespace,
    package: first.package,
    feed: of.feed,
    document: of.document,
    nameKind: first.place.nameKind,
    scheme: first.place.scheme,
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
