import type { AdvisoryGroup, Severity } from '@clarion/model';
import { apk, deb, fixed, group, imageOf, namespaceOf, options, secdb } from '@clarion/test-kit/match-facts';
import fc from 'fast-check';
import type { RecordedHistory } from './recorded-history';

export const debian = 'debian-security-tracker';

/** 6 o'clock on a day of 2025. */
export function day(number: number): string {
  return new Date(Date.UTC(2025, 0, number, 6)).toISOString();
}

const npm = { type: 'npm', namespace: 'npm', path: 'usr/share/nodejs/qs/package.json' };

/** Packages of a distribution and of a language, one of which the distribution owns. */
export const mixedImage = imageOf([
  deb('openssl', '1.0'),
  deb('libssl', '1.0', { source: { name: 'openssl', version: '1.0' } }),
  deb('node-qs', '1.0'),
  deb('qs', '1.0', { ...npm, owner: 'node-qs' }),
  deb('qs', '1.0', { ...npm, path: 'app/node_modules/qs/package.json' }),
]);

/** A release with a channel beside it. */
export const channelImage = imageOf([apk('openssl', '1.0'), apk('node-qs', '1.0')], {
  channels: [namespaceOf('alpine:edge', 'apk')],
});

export const feeds = [
  { id: 'own', namespaces: ['debian:*', 'npm'], own: true as const, refreshMinutes: 0 },
  ...options.feeds.map((feed) => ({ ...feed, listsUnfixed: true, rates: true })),
  { id: 'ghsa', namespaces: ['npm'], rates: true as const, refreshMinutes: 60 },
  { id: 'nvd', namespaces: [], rates: true as const, refreshMinutes: 60 },
];

const ids = fc.constantFrom('CVE-2025-0001', 'CVE-2025-0002', 'GHSA-1', 'GHSA-2');

const advisories = fc.uniqueArray(
  fc.record({
    id: ids,
    fix: fc.constantFrom('', 'none', '0.5', '2.0'),
    alias: fc.oneof(fc.constant(''), ids),
    severity: fc.constantFrom<Severity | undefined>(undefined, 'Low', 'Critical'),
    ofBinary: fc.boolean(),
  }),
  { selector: ({ id }) => id, maxLength: 3 },
);

const groups = fc.uniqueArray(
  fc.record({
    feed: fc.constantFrom(debian, 'alpine-secdb', 'ghsa', 'own'),
    name: fc.constantFrom('openssl', 'libssl', 'node-qs'),
    isEdge: fc.boolean(),
    document: fc.constantFrom('a', 'b'),
    advisories,
  }),
  {
    selector: ({ feed, name, document, isEdge }) => `${feed} ${name} ${document} ${String(isEdge && feed !== debian)}`,
    maxLength: 6,
  },
);

const texts = fc.uniqueArray(
  fc.record({
    id: ids,
    severity: fc.constantFrom<Severity>('Low', 'High'),
    rejected: fc.constantFrom<true | undefined>(undefined, true),
  }),
  { selector: ({ id }) => id },
);

/** All facts that feeds have after one update. */
export const update = fc.oneof(
  { arbitrary: fc.record({ groups, feeds: fc.subarray([debian, 'alpine-secdb', 'ghsa', 'own']) }), weight: 3 },
  fc.record({ texts }),
);

type Update = typeof update extends fc.Arbitrary<infer T> ? T : never;

/** Commits an update at a time. */
export function commitUpdate(store: RecordedHistory, at: string, of: Update): void {
  if ('texts' in of) {
    const records = of.texts.map(({ id, severity, rejected }) => ({
      ...{ feed: 'nvd', id, severity },
      ...(rejected && { rejected }),
    }));
    store.commit('nvd', at, { texts: records });
    return;
  }
  const made = of.groups.map(groupOf);
  for (const feed of of.feeds) store.commit(feed, at, { groups: made.filter((one) => one.feed === feed) });
}

type Group = typeof groups extends fc.Arbitrary<infer T> ? (T extends readonly (infer One)[] ? One : never) : never;

function groupOf({ feed, name, isEdge, document, advisories: list }: Group): AdvisoryGroup {
  const made = list.map(({ id, fix, alias, severity, ofBinary }) => ({
    ...(fix === ''
      ? { id, state: 'affected' as const }
      : fix === 'none'
        ? { id, state: 'not_affected' as const }
        : fixed(id, fix)),
    ...(alias === '' || alias === id ? {} : { aliases: [alias] }),
    ...(severity === undefined ? {} : { severity }),
    ...(ofBinary ? { nameKind: 'either' as const } : {}),
  }));
  const more = { feed, document };
  if (feed === 'alpine-secdb') {
    return secdb(name, made, { ...more, namespace: isEdge ? 'alpine:edge' : 'alpine:v3.20' });
  }
  if (feed === debian || isEdge) return group(name, made, more);
  return group('qs', made, {
    ...more,
    namespace: 'npm',
    nameKind: 'either',
    scheme: 'npm',
    document: `${name} ${document}`,
  });
}
