import type { Advisory, FeedWriter, StatementChange } from '@clarion/model';
import type { AdvisoriesChanged } from './events';

/**
 * Writes changes beside the facts that changed, one row a vulnerability: whoever hears of them is told by vulnerability.
 * `update` names the commit that they are part of.
 */
export async function recordChanges(
  changes: Iterable<AdvisoriesChanged>,
  update: string,
  writer: Pick<FeedWriter, 'putChange'>,
): Promise<void> {
  for (const change of changes) {
    for (const row of changesByVulnerability(change, update)) await writer.putChange(row);
  }
}

/** The change of a package as one row a vulnerability, in the order of their ids. */
export function changesByVulnerability(change: AdvisoriesChanged, update: string): readonly StatementChange[] {
  const { feed, namespace, document, nameKind, scheme, epochs, before, after } = change;
  const place = { feed, namespace, package: change.package, document, nameKind, scheme };
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
      ...place,
      ...(epochs === undefined ? {} : { epochs }),
      update,
      vulnerability,
      ...row,
    }));
}
