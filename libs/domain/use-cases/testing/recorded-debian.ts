import type { Advisory, AdvisoryGroup, Store } from '@clarion/model';

const feed = 'debian-security-tracker';
const key = { namespace: 'debian:12', feed, document: 'json' };
const comparison = { nameKind: 'source' as const, scheme: 'dpkg' };

/** Advisories by package of Debian 12. */
export type Statements = Readonly<Record<string, readonly Advisory[]>>;

/** Commits all advisories of the tracker about some packages as an update of a time, with its changes in the log. */
export async function recordDebian(
  store: Store,
  time: string | { readonly at: string; readonly update: string },
  statements: Statements,
): Promise<void> {
  const { at, update } = typeof time === 'string' ? { at: time, update: `${time} update` } : time;
  const names = Object.keys(statements).map((name) => ['debian:12', name] as const);
  const stored = new Map((await store.advisories(names)).map((group) => [group.package, group]));
  const first = (await store.horizons()).every((one) => one.feed !== feed);
  const writer = await store.writeFeed(feed);
  for (const [name, advisories] of Object.entries(statements)) {
    const before = stored.get(name);
    await writer.put({ ...key, package: name, ...comparison, advisories }, `${at} ${name}`);
    if (first) continue;
    const of = { ...key, package: name, update };
    if (before === undefined) await writer.putChange({ ...of, silent: true, before: null, after: comparison });
    for (const id of new Set([...(before?.advisories ?? []), ...advisories].map((one) => one.id))) {
      const lists = { before: about(id, before), after: advisories.filter((one) => one.id === id) };
      await writer.putChange({ ...of, ...comparison, vulnerability: id, ...lists });
    }
  }
  const state = {
    ...{ feed, parserVersion: 1, lastAttempt: at, lastSuccess: at, lastChange: at, problems: 0, problemSamples: [] },
    documents: { json: { validators: { contentDigest: at }, groups: 1, namespaces: ['debian:12'] } },
    groups: names.length,
    statements: Object.values(statements).flat().length,
  };
  await writer.commit(state, { update, at, ...(first && { first: true as const }) });
}

function about(id: string, group: AdvisoryGroup | undefined): readonly Advisory[] {
  return (group?.advisories ?? []).filter((one) => one.id === id);
}
