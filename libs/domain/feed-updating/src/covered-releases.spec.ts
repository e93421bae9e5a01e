import type { AdvisoryScope, DocumentState, FeedRecord } from '@clarion/model';
import { CoveredReleases } from './covered-releases';
import { decodeRecord, encodeRecord, type RecordLayer } from './record-encoding';

type Group = Extract<FeedRecord, { kind: 'group' }>;

function record(scopes: readonly (AdvisoryScope | undefined)[], addOn = false): Group {
  const advisories = scopes.map((scope, index) => ({
    id: `CVE-${index}`,
    state: 'affected' as const,
    ...(scope === undefined ? {} : { scope }),
  }));
  const group = { namespace: 'test:1', package: 'a', feed: 'test', document: 'all', scheme: 'rpm', advisories };
  return { kind: 'group', group: { ...group, nameKind: 'binary' }, ...(addOn ? { addOn: true } : {}) };
}

const mentioned = new Set(['test:1']);
const document = (more: Partial<DocumentState>): DocumentState => ({
  ...{ validators: {}, groups: 1, namespaces: ['test:1'] },
  ...more,
});

describe('a release', () => {
  it.each<[string, Group, boolean]>([
    ['advisories without a scope', record([undefined]), true],
    ['architectures', record([{ architectures: ['x86_64'] }]), true],
    ['products that name it', record([{ cpes: ['cpe:/o:redhat:enterprise_linux:9'] }]), true],
    ['a support channel', record([{ channel: 'ltss' }]), false],
    ['a module stream', record([{ module: 'nodejs:18' }]), false],
    ['a special build', record([{ flavour: 'fips' }]), false],
    ['a repository or product beside it', record([{ origin: 'amzn2extra-docker' }]), false],
    ['a channel and itself', record([{ channel: 'ltss' }, undefined]), true],
    ['an add-on that states no scope', record([undefined], true), false],
  ])('%s', (_, given, isCovered) => {
    const kept = decodeRecord(encodeRecord('base', given), { feed: 'test', document: 'all' });
    expect(kept).toEqual(['base', given]);
    const covered = new CoveredReleases(true);
    covered.note('test:1', [kept]);
    expect(covered.addOnsOnly(['test:1'], { mentioned, last: undefined })).toEqual(isCovered ? [] : ['test:1']);
  });

  it('is covered when one of several records mentions it', () => {
    const covered = new CoveredReleases(true);
    for (const one of [record([undefined], true), record([undefined])]) covered.note('test:1', [['base', one]]);
    expect(covered.addOnsOnly(['test:1'], { mentioned, last: undefined })).toEqual([]);
  });

  it.each<[string, { readonly whole: boolean; readonly layer: RecordLayer; readonly last: DocumentState }, boolean]>([
    ['stays covered by a patch about add-ons', { whole: false, layer: 'base', last: document({}) }, true],
    ['is not covered by stored groups that a patch touches', { ...patchOf('base') }, false],
    ['is covered by a patch that mentions it', { ...patchOf('patch') }, true],
  ])('%s', (_, { whole, layer, last }, isCovered) => {
    const covered = new CoveredReleases(whole);
    covered.note('test:1', [[layer, record([undefined])]]);
    expect(covered.addOnsOnly(['test:1'], { mentioned, last })).toEqual(isCovered ? [] : ['test:1']);
  });

  it.each<[string, ReadonlySet<string>, boolean]>([
    ['is no longer covered once a whole document mentions only its add-ons', mentioned, false],
    ['stays covered when a whole document drops it at its end of life', new Set(), true],
  ])('%s', (_, seen, isCovered) => {
    const covered = new CoveredReleases(true);
    const last = document({});
    expect(covered.addOnsOnly(['test:1'], { mentioned: seen, last })).toEqual(isCovered ? [] : ['test:1']);
  });
});

function patchOf(layer: RecordLayer): {
  readonly whole: false;
  readonly layer: RecordLayer;
  readonly last: DocumentState;
} {
  return { whole: false, layer, last: document({ addOnsOnly: ['test:1'] }) };
}
