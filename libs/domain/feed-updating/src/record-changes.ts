import type { Advisory, AdvisoryStore, FeedWriter, AdvisoryChange } from '@clarion/model';
import type { FactDifference, AdvisoryDifference } from './fact-difference';

interface RecordingTarget {
  readonly writer: Pick<FeedWriter, 'putChange'>;
  readonly store: Pick<AdvisoryStore, 'packagesOf'>;
}

/**
 * Writes changes next to the facts that changed, one row per vulnerability, because the notifier works by
 * vulnerability. `update` names the commit that they belong to. A vulnerability record that no advisory refers to
 * affects nobody: once an advisory refers to it, that is a change itself.
 */
export async function recordChanges(
  changes: Iterable<FactDifference>,
  update: string,
  { writer, store }: RecordingTarget,
): Promise<void> {
  for (const change of changes) {
    if (change.kind === 'advisories') {
      for (const row of changesByVulnerability(change, update)) await writer.putChange(row);
    } else if ((await store.packagesOf(change.vulnerability)).length > 0) {
      const { feed, vulnerability, before, after } = change;
      await writer.putChange({ update, vulnerability, feed, before, after });
    }
  }
}

/** The change of a package as one row per vulnerability, in the order of their ids. */
export function changesByVulnerability(change: AdvisoryDifference, update: string): readonly AdvisoryChange[] {
  const { feed, namespace, document, nameKind, scheme, epochs, before, after } = change;
  const location = { feed, namespace, package: change.package, document, nameKind, scheme };
  const rows = new Map<string, { readonly before: Advisory[]; readonly after: Advisory[] }>();
  const rowOf = (id: string): { readonly before: Advisory[]; readonly after: Advisory[] } => {
    const row = rows.get(id) ?? { before: [], after: [] };
    rows.set(id, row);
    return row;
  };
  for (const advisory of before) rowOf(advisory.id).before.push(advisory);
  for (const advisory of after) rowOf(advisory.id).after.push(advisory);
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([vulnerability, row]) => ({
      ...location,
      ...(epochs === undefined ? {} : { epochs }),
      update,
      vulnerability,
      ...row,
    }));
}
