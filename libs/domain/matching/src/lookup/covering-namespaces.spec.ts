import { advisoryNamespaces } from '@clarion/distributions';
import { coveringNamespaces, coversPackagesOf } from './covering-namespaces';

const rows: readonly (readonly [namespace: string, lookedUp: readonly string[], covering: readonly string[]])[] = [
  ['debian:12', ['debian:12'], ['debian:12']],
  ['alpine:edge', ['alpine:edge', 'alpine:any'], ['alpine:edge']],
  ['wolfi', ['wolfi'], ['wolfi']],
  ['rhel:9', ['rhel:9', 'rhel:any'], ['rhel:9']],
  ['centos:7', ['rhel:7'], ['rhel:7']],
  ['centos-stream:9', ['rhel:9'], ['rhel:9']],
  ['rocky:9', ['rocky:9'], ['rocky:9']],
  ['alma:9', ['alma:9'], ['alma:9']],
  ['oracle:10', ['oracle:10'], ['oracle:10']],
  ['amzn:2018.03', ['amzn:1'], ['amzn:1']],
  ['amzn:2023', ['amzn:2023'], ['amzn:2023']],
  ['sles:15.5', ['sles:15.5'], ['sles:15.5']],
  ['opensuse-leap:15.6', ['opensuse-leap:15.6', 'sles:15.6'], ['opensuse-leap:15.6']],
  ['opensuse-leap:15.2', ['opensuse-leap:15.2'], ['opensuse-leap:15.2']],
  ['opensuse-leap:42.3', ['opensuse-leap:42.3'], ['opensuse-leap:42.3']],
  ['opensuse-tumbleweed', ['opensuse-tumbleweed'], ['opensuse-tumbleweed']],
];

test.each(rows)('%s', (namespace, lookedUp, covering) => {
  expect(advisoryNamespaces(namespace).map(({ id }) => id)).toEqual(lookedUp);
  expect(coveringNamespaces(namespace)).toEqual(covering);
});

test.each<readonly [pattern: string, namespace: string, speaks: boolean]>([
  ['rhel:*', 'centos:7', true],
  ['rhel:*', 'centos-stream:9', true],
  ['rhel:7', 'centos:8', false],
  ['rhel:*', 'rocky:9', false],
  ['sles:*', 'opensuse-leap:15.5', true],
  ['amzn:*', 'amzn:2018.03', true],
  ['wolfi', 'wolfi', true],
])('a feed about %s covers %s: %s', (pattern, namespace, speaks) => {
  expect(coversPackagesOf({ namespaces: [pattern] }, namespace)).toBe(speaks);
});

test('lists the other namespaces that are looked up, in full', () => {
  expect(advisoryNamespaces('alpine:v3.20')).toEqual([
    { id: 'alpine:v3.20' },
    { id: 'alpine:any', secondary: true, layered: true },
  ]);
  expect(advisoryNamespaces('centos:7')).toEqual([{ id: 'rhel:7' }]);
  expect(advisoryNamespaces('centos-stream:9')).toEqual([
    { id: 'rhel:9', note: 'reduced certainty: indicative, from the advisories of rhel:9' },
  ]);
  expect(advisoryNamespaces('opensuse-leap:15.5')).toMatchObject([
    { id: 'opensuse-leap:15.5' },
    { id: 'sles:15.5', secondary: true },
  ]);
});

test.each<readonly [release: string, isSle: boolean]>([
  ['1.1.1l-150500.17.25.1', true],
  ['1.1.1l-150500', false],
  ['1.1.1l-15.1', false],
  ['1.1.1l-bp155.1.1', false],
  ['1.1.1l-lp155.1.1', false],
  ['1.1.1l-15abcd.1', false],
])('the release of %s belongs to SUSE Linux Enterprise: %s', (version, isSle) => {
  expect(advisoryNamespaces('opensuse-leap:15.5')[1]?.version?.test(version)).toBe(isSle);
});

test.each(['opensuse-leap:15.30', 'opensuse-leap:115.3', 'amzn:x2018.03'])('%s is a separate release', (namespace) => {
  expect(advisoryNamespaces(namespace)).toEqual([{ id: namespace }]);
});

test('one of several patterns is enough', () => {
  expect(coversPackagesOf({ namespaces: ['sles:*', 'rhel:9'] }, 'rhel:9')).toBe(true);
  expect(coversPackagesOf({ namespaces: [] }, 'rhel:9')).toBe(false);
});
