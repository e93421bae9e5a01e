import type { AdvisoryScope, PlacedFeature } from '@clarion/model';
import { base, deb, rpm } from '@clarion/test-kit/match-facts';
import { nothingKnown } from './image-scope';
import { applicability } from './check-scope';
import { subjectOf } from './scope-checks';

type Row = readonly [string, AdvisoryScope | undefined, PlacedFeature, 'source' | 'binary', string, string?];

const nodejs18 = 'nodejs:18:9020020230825081254:rhel9';
const unknownArchitecture: PlacedFeature = {
  type: 'rpm',
  name: 'openssl',
  version: '1',
  namespace: 'rhel:9',
  path: 'var/lib/rpm/rpmdb.sqlite',
  layer: base,
};

const rows: readonly Row[] = [
  ['no scope', undefined, deb('openssl', '1'), 'source', 'applies'],
  ['an empty scope', {}, deb('openssl', '1'), 'source', 'applies'],
  // Rule 21: rows of all architectures are kept, each for its own.
  [
    'rule 21: same architecture',
    { architectures: ['aarch64'] },
    rpm('a', '1', { architecture: 'aarch64' }),
    'binary',
    'applies',
  ],
  ['rule 21: other architecture', { architectures: ['s390x'] }, rpm('a', '1'), 'binary', 'other-architecture'],
  ['rule 21: one of several', { architectures: ['s390x', 'x86_64'] }, rpm('a', '1'), 'binary', 'applies'],
  ['amd64 is x86_64', { architectures: ['x86_64'] }, deb('a', '1'), 'source', 'applies'],
  ['arm64 is aarch64', { architectures: ['aarch64'] }, deb('a', '1', { architecture: 'arm64' }), 'source', 'applies'],
  ['i386 is nearly i686', { architectures: ['i686'] }, deb('a', '1', { architecture: 'i386' }), 'source', 'applies'],
  [
    'ppc64el is ppc64le',
    { architectures: ['ppc64le'] },
    deb('a', '1', { architecture: 'ppc64el' }),
    'source',
    'applies',
  ],
  ['noarch rows are for all', { architectures: ['noarch'] }, rpm('a', '1'), 'binary', 'applies'],
  [
    'noarch packages are on every machine',
    { architectures: ['x86_64'] },
    rpm('a', '1', { architecture: 'noarch' }),
    'binary',
    'applies',
  ],
  [
    'noarch packages are not src packages',
    { architectures: ['src'] },
    rpm('a', '1', { architecture: 'noarch' }),
    'binary',
    'other',
  ],
  ['an empty architecture is any', { architectures: [''] }, rpm('a', '1'), 'binary', 'applies'],
  ['an empty list is any', { architectures: [] }, rpm('a', '1'), 'binary', 'applies'],
  ['src rows for source names', { architectures: ['src'] }, rpm('a', '1'), 'source', 'applies'],
  ['src rows not for binary names', { architectures: ['src'] }, rpm('a', '1'), 'binary', 'other'],
  ['unknown architecture', { architectures: ['x86_64'] }, unknownArchitecture, 'binary', 'applies', 'architecture'],
  // Rule 23: modules compare by name:stream.
  ['rule 23: same stream', { module: 'nodejs:18' }, rpm('a', '1', { module: nodejs18 }), 'binary', 'applies'],
  ['rule 23: other stream', { module: 'nodejs:20' }, rpm('a', '1', { module: nodejs18 }), 'binary', 'other'],
  ['rule 23: stream is not a prefix', { module: 'nodejs:1' }, rpm('a', '1', { module: nodejs18 }), 'binary', 'other'],
  ['rule 23: row without module', {}, rpm('a', '1', { module: nodejs18 }), 'binary', 'other'],
  ['rule 23: no scope, package with module', undefined, rpm('a', '1', { module: nodejs18 }), 'binary', 'other'],
  ['rule 23: package without module', { module: 'nodejs:18' }, rpm('a', '1-1.el9'), 'binary', 'other'],
  ['lost label', { module: 'nodejs:18' }, rpm('a', '18.1-1.module_el9'), 'binary', 'applies', 'module stream'],
  [
    'lost label, plus',
    { module: 'nodejs:18' },
    rpm('a', '18.1-1.module+el8.9.0+1'),
    'binary',
    'applies',
    'module stream',
  ],
  ['rule 22: channel without evidence', { channel: 'esm-infra' }, deb('a', '1'), 'source', 'information', 'esm-infra'],
  ['a channel of another architecture', { channel: 'eus', architectures: ['s390x'] }, rpm('a', '1'), 'binary', 'other'],
  ['origin', { origin: 'epel' }, rpm('a', '1'), 'binary', 'undetermined', 'origin'],
  ['flavour', { flavour: 'ksplice' }, rpm('a', '1'), 'binary', 'other'],
  ['product', { cpes: ['cpe:/o:redhat:enterprise_linux:9'] }, rpm('a', '1'), 'binary', 'undetermined', 'product'],
];

describe('applicability', () => {
  const cases = rows.map(([title, scope, feature, matchedBy, kind, words = '']) => ({
    title,
    scope,
    subject: subjectOf(feature, matchedBy, nothingKnown),
    kind,
    words,
  }));

  test.each(cases)('$title', ({ scope, subject, kind, words }) => {
    const result = applicability(scope === undefined ? {} : { scope }, subject);
    expect(result.kind).toBe(kind);
    const said = 'note' in result ? result.note : result.kind === 'undetermined' ? result.reason : undefined;
    if (words === '') expect(said).toBeUndefined();
    else expect(said).toContain(words);
  });
});
